import { setTimeout as sleep } from 'node:timers/promises';
import { modelReport } from '../../../lambda/ask-approval/question';
import type { ApprovalAnswer, ApprovalDesk, ApprovalQuestion } from '../../../lib/contract/approval';
import type { GateDecision } from '../../../lib/contract/gate';
import type { RunManifest } from '../../../lib/contract/run';

export const ASKED = '2026-01-02T03:04:05.000Z';
export const ENDS = '2026-01-04T03:04:05.000Z';
export const NOW = new Date('2026-01-03T00:00:00Z');
export const AFTER = new Date(ENDS);

const pinned = (key: string) => ({ key, versionId: `v-${key}`, size: 10 });
export const MANIFEST: RunManifest = {
  runId: 'run-1',
  fingerprint: 'f',
  trigger: { kind: 'manual', detail: '' },
  gitCommit: 'c0ffee',
  schema: pinned('schema.json'),
  data: ['1', '2', '3', '4', '5', '6', '7'].map(pinned),
  images: { training: 'hash' },
  hyperparameters: { 'training.epochs': 5 },
  ignored: [],
  judgedAgainst: 'run-1',
  champion: 'run-0',
};
export const GATE: GateDecision = {
  accepted: true,
  reason: 'accuracy 0.9700 reaches the threshold 0.85',
  metrics: { accuracy: 0.97, holdoutRows: 110 },
  headline: { name: 'accuracy', value: 0.97, interval: [0.93, 0.99], naive: 0.6, champion: 0.95 },
  verdicts: [
    {
      name: 'accuracy',
      direction: 'higher',
      passed: true,
      value: 0.97,
      interval: [0.93, 0.99],
      threshold: 0.85,
      naive: { value: 0.6, difference: 0.37, interval: [0.3, 0.4] },
      champion: { value: 0.95, difference: 0.02, interval: [-0.01, 0.05], tolerance: 0.03 },
    },
  ],
};
export const QUESTION: ApprovalQuestion = {
  runId: 'run-1',
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:machine:run-1',
  environment: 'dev',
  model: 'table',
  taskToken: 'token',
  askedAt: ASKED,
  expiresAt: ENDS,
  status: 'waiting',
  answer: null,
  report: modelReport(MANIFEST, GATE, 's3://artifacts/runs/run-1/manifest.json'),
};
/** Facts of {@link QUESTION} that mail and page have to show. */
export const REPORT_FACTS = [
  GATE.reason,
  '0.9700',
  '0.9300 to 0.9900',
  '0.0200 (-0.0100 to 0.0500)',
  'run-0',
  'c0ffee',
  'v-schema.json',
  '70 bytes',
  's3://artifacts/runs/run-1/manifest.json',
  'v-5',
  '2 more',
];
export const ANSWER: ApprovalAnswer = {
  approved: false,
  by: 'arn:aws:iam::1:user/ada',
  at: '2026-01-02T10:00:00.000Z',
  reason: null,
  message: 'the model was rejected by arn:aws:iam::1:user/ada',
};
export const answered = { ...QUESTION, status: 'answered' as const, answer: ANSWER };

/** A question in S3 with its ETag, and the task that waits; every call yields to the event loop once. */
export class OneQuestionDesk implements ApprovalDesk {
  version = 1;
  readonly given: ApprovalAnswer[] = [];
  writes: ApprovalQuestion['status'][] = [];

  constructor(
    public question: ApprovalQuestion | null,
    public waits = true,
  ) {}

  async read() {
    await sleep(0);
    return this.question && { question: this.question, etag: `v${this.version}` };
  }

  async replace(question: ApprovalQuestion, etag: string) {
    await sleep(0);
    if (etag !== `v${this.version}`) return null;
    this.question = question;
    this.writes.push(question.status);
    return `v${++this.version}`;
  }

  async answer(_: string, answer: ApprovalAnswer) {
    if (!this.waits) return false;
    this.waits = false;
    this.given.push(answer);
    return true;
  }
}
