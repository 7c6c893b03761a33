import { KMSInvalidMacException, VerifyMacCommand } from '@aws-sdk/client-kms';
import { SendTaskSuccessCommand, TaskTimedOut } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { linkAddress, signedBytes } from '../../../lambda/shared/approval-link';
import type { ApprovalQuestion } from '../../../lib/contract/approval';
import { QUESTION } from '../support/approval-question';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', APPROVAL_KEY_ARN: 'key' });
let handler: typeof import('../../../lambda/approve').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/approve/index.ts')));

const aws = fakeClients();
const APPROVAL = 'runs/run-1/approval.json';
/** Open for an hour, in whole seconds. */
const expires = Math.floor(Date.now() / 1_000) + 3_600;
const question: ApprovalQuestion = { ...QUESTION, expiresAt: new Date(expires * 1_000).toISOString() };
const link = { runId: 'run-1', action: 'approve' as const, expires, mac: Buffer.alloc(32, 1) };

const request = (httpMethod: string) =>
  ({
    httpMethod,
    queryStringParameters: Object.fromEntries(
      new URL(linkAddress('https://api/approval', link)).searchParams,
    ),
    body: 'reason=fine',
    isBase64Encoded: false,
  }) as unknown as APIGatewayProxyEvent;

const verify = (answer: object) => {
  const signed = {
    KeyId: 'key',
    MacAlgorithm: 'HMAC_SHA_256',
    Message: signedBytes(link),
    Mac: link.mac,
  } as const;
  return aws.expect(VerifyMacCommand, signed, answer);
};
const token = (answer: object) =>
  aws.expect(SendTaskSuccessCommand, { taskToken: 'token', output: expect.any(String) as string }, answer);
const invalid = new KMSInvalidMacException({ message: 'invalid', $metadata: {} });
const timedOut = new TaskTimedOut({ message: 'timed out', $metadata: {} });

test('GET shows the question and decides nothing', async () => {
  verify({}).bucket('artifacts', { [APPROVAL]: question });
  expect(await handler(request('GET'))).toMatchObject({ statusCode: 200 });
});

test('POST stores the answer and gives it to the run', async () => {
  verify({}).bucket('artifacts', { [APPROVAL]: question }, [APPROVAL]);
  token({});
  expect(await handler(request('POST'))).toMatchObject({ statusCode: 200 });
  const answer = { approved: true, by: 'link', reason: 'fine' };
  expect(aws.stored('artifacts', APPROVAL)).toMatchObject({ status: 'answered', answer });
  expect(JSON.parse(aws.sent(SendTaskSuccessCommand)[0]!.output!)).toMatchObject(answer);
});

test('POST to a run that no longer waits marks the question as late', async () => {
  verify({}).bucket('artifacts', { [APPROVAL]: question }, [APPROVAL]);
  token(timedOut);
  expect(await handler(request('POST'))).toMatchObject({ statusCode: 410 });
  expect(aws.stored('artifacts', APPROVAL)).toMatchObject({ status: 'late' });
});

test('a link that the key did not sign reads nothing', async () => {
  verify(invalid);
  expect(await handler(request('POST'))).toMatchObject({ statusCode: 403 });
});

test.each(['GET', 'POST'])('%s: an error of AWS is a page with status 500, and is logged', async (method) => {
  verify(serviceError('ThrottlingException'));
  const answer = await handler(request(method));
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('ThrottlingException');
  expect(aws.logs).toEqual([expect.stringContaining('ThrottlingException')]);
});
