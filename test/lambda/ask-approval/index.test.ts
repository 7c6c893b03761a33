import { GenerateMacCommand } from '@aws-sdk/client-kms';
import { PublishCommand } from '@aws-sdk/client-sns';
import { readLink, signedBytes } from '../../../lambda/shared/approval-link';
import type { ApprovalQuestion } from '../../../lib/contract/approval';
import { GATE, MANIFEST, QUESTION } from '../support/approval-question';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({
  ...{ ARTIFACTS_BUCKET: 'artifacts', TOPIC_ARN: 'topic', ENVIRONMENT_NAME: 'dev', MODEL_NAME: 'table' },
  ...{ TEAM_TOPIC_ARN: 'team' },
  ...{ APPROVAL_URL: 'https://api/v1/approval', APPROVAL_KEY_ARN: 'key', SETTINGS: { days: 2 } },
});
let handler: typeof import('../../../lambda/ask-approval').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/ask-approval/index.ts')));

const aws = fakeClients();
const APPROVAL = 'runs/run-1/approval.json';
const stored = { 'runs/run-1/manifest.json': MANIFEST, 'runs/run-1/decision.json': GATE };
const { runId, executionArn, taskToken } = QUESTION;

const sign = (answer: object) => {
  const Message = expect.any(Uint8Array) as Uint8Array;
  return aws.expect(GenerateMacCommand, { KeyId: 'key', MacAlgorithm: 'HMAC_SHA_256', Message }, answer);
};
const mail = (answer: object, TopicArn = 'topic') => {
  const text = expect.any(String) as string;
  return aws.expect(PublishCommand, { TopicArn, Subject: text, Message: text }, answer);
};

test('the question is stored with its token, and its signed links are mailed', async () => {
  aws.bucket('artifacts', stored, [APPROVAL]);
  sign({ Mac: Buffer.alloc(32, 1) });
  sign({ Mac: Buffer.alloc(32, 2) });
  mail({});
  mail({}, 'team');
  // Step Functions logs the answer, and links are secrets.
  expect(await handler({ runId, executionArn, taskToken })).toBeUndefined();

  const question = aws.stored('artifacts', APPROVAL) as ApprovalQuestion;
  expect(question).toMatchObject({ runId, executionArn, taskToken, status: 'waiting', answer: null });
  expect(question.report).toEqual(QUESTION.report);
  const expires = Date.parse(question.expiresAt) / 1_000;
  expect(expires).toBe(Math.floor(Date.parse(question.askedAt) / 1_000) + 2 * 86_400);

  const links = [...aws.sent(PublishCommand)[0]!.Message!.matchAll(/^https:\/\/api\/\S+$/gm)].map(
    ([address]) => readLink(Object.fromEntries(new URL(address).searchParams))!,
  );
  expect(links).toMatchObject([
    { runId, action: 'approve', expires, mac: Buffer.alloc(32, 1) },
    { runId, action: 'reject', expires, mac: Buffer.alloc(32, 2) },
  ]);
  // The team is told that runs wait, and cannot decide.
  const told = aws.sent(PublishCommand)[1]!.Message!;
  expect(told).toContain('No automatic run starts before that');
  expect(told).not.toContain('https://api/');
  expect(aws.sent(GenerateMacCommand).map(({ Message }) => Message)).toEqual(links.map(signedBytes));
});

test('without a signature nothing is stored or mailed', async () => {
  aws.bucket('artifacts', stored);
  sign({ Mac: Buffer.alloc(32, 1) });
  sign(serviceError('DisabledException'));
  await expect(handler({ runId, executionArn, taskToken })).rejects.toMatchObject({
    name: 'DisabledException',
  });
});

test('a mail that cannot be sent fails the function', async () => {
  aws.bucket('artifacts', stored, [APPROVAL]);
  sign({ Mac: Buffer.alloc(32, 1) });
  sign({ Mac: Buffer.alloc(32, 2) });
  mail(serviceError('AuthorizationErrorException'));
  await expect(handler({ runId, executionArn, taskToken })).rejects.toMatchObject({
    name: 'AuthorizationErrorException',
  });
});

test('a missing decision is named', async () => {
  aws.bucket('artifacts', { ...stored, 'runs/run-1/decision.json': null });
  const failed = handler({ runId, executionArn, taskToken });
  await expect(failed).rejects.toThrow('s3://artifacts/runs/run-1/decision.json');
});
