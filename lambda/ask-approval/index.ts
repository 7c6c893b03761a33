import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { ApprovalQuestion } from '../../lib/contract/approval';
import type { GateDecision } from '../../lib/contract/gate';
import type { RunManifest } from '../../lib/contract/run';
import { setting, variable } from '../shared/environment';
import { Bucket } from '../shared/s3';
import { Topic } from '../shared/topic';
import { LinkSigner } from './kms';
import { questionMessage, waitingMessage } from './message';
import { expiryOf, modelReport } from './question';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const topic = new Topic(variable(LambdaVariable.TopicArn));
const teamTopic = process.env[LambdaVariable.TeamTopicArn];
const signer = new LinkSigner(variable(LambdaVariable.ApprovalUrl), variable(LambdaVariable.ApprovalKey));
const environment = variable(LambdaVariable.Environment);
const model = variable(LambdaVariable.Model);
const days = setting<number>('days');

export interface AskApprovalRequest {
  readonly runId: string;
  readonly executionArn: string;
  readonly taskToken: string;
}

/**
 * `Ask for approval`: stores the question with its task token and mails the links that answer it; tells the team that
 * automatic runs wait for the answer. When the same run
 * asks again, with another token, the new question replaces the old one. The result is empty: Step Functions stores and
 * logs it, and links are secrets.
 */
export async function handler({ runId, executionArn, taskToken }: AskApprovalRequest): Promise<void> {
  const [manifest, decision] = await Promise.all([
    required<RunManifest>(layout.manifest(runId)),
    required<GateDecision>(layout.decision(runId)),
  ]);
  const now = new Date();
  const expires = expiryOf(now, days);
  const question: ApprovalQuestion = {
    runId,
    executionArn,
    environment,
    model,
    taskToken,
    askedAt: now.toISOString(),
    expiresAt: new Date(expires * 1000).toISOString(),
    status: 'waiting',
    answer: null,
    report: modelReport(manifest, decision, artifacts.uri(layout.manifest(runId))),
  };
  const [approve, reject] = await Promise.all([
    signer.address({ runId, action: 'approve', expires }),
    signer.address({ runId, action: 'reject', expires }),
  ]);
  // Stored before the mail is sent: a link must find its question.
  await artifacts.putJson(layout.approval(runId), question);
  await topic.publish(questionMessage(question, { approve, reject }));
  if (teamTopic) await new Topic(teamTopic).publish(waitingMessage(question));
}

async function required<T>(key: string): Promise<T> {
  const value = await artifacts.json<T>(key);
  if (!value) throw new Error(`${artifacts.uri(key)} does not exist; an earlier state of the run writes it`);
  return value;
}
