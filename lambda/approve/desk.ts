import { SendTaskSuccessCommand, SFNClient, TaskDoesNotExist, TaskTimedOut } from '@aws-sdk/client-sfn';
import type { ApprovalAnswer, ApprovalDesk, ApprovalQuestion } from '../../lib/contract/approval';
import { layout } from '../../lib/contract/layout';
import type { Bucket } from '../shared/s3';

/** Stores questions in the artifacts bucket, and sends answers to Step Functions. */
export class Desk implements ApprovalDesk {
  constructor(
    private readonly artifacts: Bucket,
    private readonly client = new SFNClient(),
  ) {}

  async read(runId: string): Promise<{ question: ApprovalQuestion; etag: string } | null> {
    const found = await this.artifacts.read<ApprovalQuestion>(layout.approval(runId));
    return found && { question: found.value, etag: found.etag };
  }

  async replace(question: ApprovalQuestion, etag: string): Promise<string | null> {
    return this.artifacts.putOver(layout.approval(question.runId), question, etag);
  }

  async answer(taskToken: string, answer: ApprovalAnswer): Promise<boolean> {
    try {
      await this.client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer) }));
      return true;
    } catch (error) {
      if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist) return false;
      throw error;
    }
  }
}
