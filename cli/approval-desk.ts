import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import type { ApprovalAnswer, ApprovalDesk, ApprovalQuestion } from '../lib/contract/approval';
import { layout } from '../lib/contract/layout';
import type { Pipeline } from './pipeline';

/** Reads and answers an environment's approval questions with the operator's own permissions. */
export class OperatorDesk implements ApprovalDesk {
  constructor(private readonly pipeline: Pick<Pipeline, 's3' | 'sfn' | 'outputs'>) {}

  async read(runId: string): Promise<{ question: ApprovalQuestion; etag: string } | null> {
    const { s3, outputs } = this.pipeline;
    const object = { Bucket: outputs.ArtifactsBucketName, Key: layout.approval(runId) };
    return unless(/^NoSuchKey$/, async () => {
      const { Body, ETag } = await s3.send(new GetObjectCommand(object));
      return { question: JSON.parse(await Body!.transformToString()) as ApprovalQuestion, etag: ETag! };
    });
  }

  async replace(question: ApprovalQuestion, etag: string): Promise<string | null> {
    const { s3, outputs } = this.pipeline;
    const put = new PutObjectCommand({
      Bucket: outputs.ArtifactsBucketName,
      Key: layout.approval(question.runId),
      ContentType: 'application/json',
      Body: `${JSON.stringify(question, null, 2)}\n`,
      IfMatch: etag,
    });
    // A concurrent write won (412), or is in progress (409).
    return unless(
      /^(PreconditionFailed|ConditionalRequestConflict)$/,
      async () => (await s3.send(put)).ETag!,
    );
  }

  async answer(taskToken: string, answer: ApprovalAnswer): Promise<boolean> {
    const send = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer) });
    const sent = await unless(/^(TaskTimedOut|TaskDoesNotExist)$/, () => this.pipeline.sfn.send(send));
    return sent !== null;
  }
}

/** Returns the call's result; null if it fails with an error of this name. */
async function unless<T>(name: RegExp, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (name.test((error as Error).name)) return null;
    throw error;
  }
}
