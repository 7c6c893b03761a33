import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import { Cloud } from '../../src/core/cloud';
import { ServiceError } from '../../src/model/errors';
import { s3 } from '../../src/services/s3';
import { scheduler } from '../../src/services/scheduler';
import { sns } from '../../src/services/sns';
import { ssm } from '../../src/services/ssm';
import { sts } from '../../src/services/sts';
import { testCloud, type TestCloud } from '../support/test-cloud';

const ROLE = 'arn:aws:iam::123456789012:role/service-role/Trainer';

let here: TestCloud;
let denied: string | undefined;

beforeAll(async () => {
  here = await testCloud([s3, sns, ssm, sts], {
    authorizer:
      () =>
      ({ principal, action, resources }) => {
        if (action !== denied) return;
        throw new ServiceError(
          'AccessDeniedException',
          `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resources.join()}`,
        );
      },
  });
});
beforeEach(() => (denied = undefined));
afterAll(() => here.close());

/** Returns the error's name and status of a client's failed call. */
async function failure(attempt: Promise<unknown>): Promise<[string, number | undefined]> {
  const error = (await attempt.then(
    () => {
      throw new Error('The call succeeded.');
    },
    (thrown: unknown) => thrown,
  )) as Error & { $metadata?: { httpStatusCode?: number } };
  return [error.name, error.$metadata?.httpStatusCode];
}

const callers = {
  json: (settings: object) => new SSM({ ...here.client, ...settings }).getParameter({ Name: 'x' }),
  query: (settings: object) => new SNS({ ...here.client, ...settings }).listTopics(),
  s3: (settings: object) => new S3({ ...here.client, ...settings }).listBuckets(),
};

const stranger = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' };

describe('authentication fails in the form of each kind of service', () => {
  test.each([
    ['json', { credentials: stranger }, ['UnrecognizedClientException', 400]],
    ['query', { credentials: stranger }, ['InvalidClientTokenId', 403]],
    ['s3', { credentials: stranger }, ['InvalidAccessKeyId', 403]],
    ['json', { region: 'eu-west-1' }, ['InvalidSignatureException', 400]],
    ['query', { region: 'eu-west-1' }, ['SignatureDoesNotMatch', 403]],
    ['s3', { region: 'eu-west-1' }, ['AuthorizationHeaderMalformed', 400]],
  ] as const)('%s with %j', async (kind, settings, expected) => {
    expect(await failure(callers[kind](settings))).toEqual(expected);
  });

  test.each([
    ['json', ['InvalidSignatureException', 400]],
    ['query', ['SignatureDoesNotMatch', 403]],
    ['s3', ['SignatureDoesNotMatch', 403]],
  ] as const)('%s with a wrong secret', async (kind, expected) => {
    const credentials = { ...here.client.credentials, secretAccessKey: 'wrong' };
    expect(await failure(callers[kind]({ credentials }))).toEqual(expected);
  });

  test('a session without its token, and an expired session', async () => {
    const { sessionToken, ...rest } = here.cloud.principals.credentialsFor(ROLE, 'run-1');
    expect(await failure(callers.json({ credentials: rest }))).toEqual(['UnrecognizedClientException', 400]);
    expect(sessionToken).toBeTruthy();
    const over = here.cloud.principals.credentialsFor(ROLE, 'run-1', -1);
    expect(await failure(callers.json({ credentials: over }))).toEqual(['ExpiredTokenException', 400]);
  });
});

test("a role's session is that role, through its own credentials and through AssumeRole", async () => {
  const minted = here.cloud.principals.credentialsFor(ROLE, 'run-1');
  const who = await new STS({ ...here.client, credentials: minted }).getCallerIdentity();
  expect(who).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:sts::123456789012:assumed-role/Trainer/run-1',
  });
  const { Credentials: c } = await new STS(here.client).assumeRole({
    RoleArn: ROLE,
    RoleSessionName: 'by-hand',
  });
  const credentials = {
    accessKeyId: c!.AccessKeyId!,
    secretAccessKey: c!.SecretAccessKey!,
    sessionToken: c!.SessionToken!,
  };
  const { Arn } = await new STS({ ...here.client, credentials }).getCallerIdentity();
  expect(Arn).toBe('arn:aws:sts::123456789012:assumed-role/Trainer/by-hand');
});

/** Sends one request without an SDK. */
async function raw(options: {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const outgoing = request(`${here.client.endpoint}${options.path ?? '/'}`, options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=x/20300101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

test.each([
  ['no signature at all', { method: 'POST' }, 403, /"__type":"MissingAuthenticationTokenException"/],
  [
    'no signature on a Query request',
    { path: '/?Action=ListTopics' },
    403,
    /"__type":"MissingAuthenticationTokenException"/,
  ],
  ['no signature on a request that can only be for S3', { path: '/b/k' }, 404, /<Code>NoSuchBucket</],
  [
    'a missing service',
    { headers: { authorization: scope('sqs'), 'x-amz-date': '20300101T000000Z' } },
    404,
    /does not have the service 'sqs'/,
  ],
  [
    'a missing target',
    { method: 'POST', headers: { 'x-amz-target': 'Foo.Bar' } },
    404,
    /X-Amz-Target 'Foo.Bar'/,
  ],
  [
    "a scope that is not the target's service",
    {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonSSM.GetParameter',
        authorization: scope('sns'),
        'x-amz-date': '20300101T000000Z',
      },
    },
    400,
    /Credential should be scoped to correct service: 'ssm'/,
  ],
  [
    'an Authorization header that is not SigV4',
    { headers: { 'x-amz-target': 'AmazonSSM.X', authorization: 'Basic x' } },
    400,
    /IncompleteSignatureException/,
  ],
  [
    'a path that cannot be decoded',
    { path: '/%zz', headers: { authorization: scope('s3') } },
    400,
    /InvalidURI/,
  ],
])('%s', async (_, options, status, body) => {
  const answer = await raw(options);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatch(body);
});

test("an unsigned request that matches another service's route is not S3's", async () => {
  const other = await testCloud([s3, scheduler]);
  try {
    const answer = async (path: string) => (await fetch(other.client.endpoint + path)).text();
    expect(await answer('/schedules')).toContain('MissingAuthenticationTokenException');
    expect(await answer('/schedules/a/b')).toContain('<Code>NoSuchBucket</Code>');
  } finally {
    await other.close();
  }
});

describe('unsupported operations fail with their name', () => {
  test('an operation of a supported service', async () => {
    const attempt = new SSM(here.client).describeInstanceInformation({});
    await expect(attempt).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringMatching(/ssm:DescribeInstanceInformation.*operations of ssm: PutParameter/),
      $metadata: { httpStatusCode: 501 },
    });
  });

  test('an operation that does not exist, called from inside', async () => {
    const caller = { principal: here.cloud.principals.operator };
    await expect(here.cloud.callByName('ssm', 'GetParam', {}, caller)).rejects.toThrow(
      "ssm has no operation 'GetParam'",
    );
    await expect(here.cloud.callByName('dynamodb', 'GetItem', {}, caller)).rejects.toThrow(
      /the service 'dynamodb'/,
    );
  });
});

test('the authorization hook sees principal, action and resource, and its refusal reaches the caller', async () => {
  denied = 'ssm:GetParameter';
  const credentials = here.cloud.principals.credentialsFor(ROLE, 'run-1');
  await expect(new SSM({ ...here.client, credentials }).getParameter({ Name: '/a/b' })).rejects.toMatchObject(
    {
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::123456789012:assumed-role/Trainer/run-1 is not authorized to perform: ssm:GetParameter ' +
        'on resource: arn:aws:ssm:us-east-1:123456789012:parameter/a/b',
    },
  );
});

test('calls from inside are validated like those over HTTP', async () => {
  const attempt = here.cloud.callByName(
    'ssm',
    'GetParameter',
    { name: 'x' },
    { principal: here.cloud.principals.operator },
  );
  await expect(attempt).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('did you mean Name?'),
  });
});

test('the journal has every call with its principal, permissions and outcome', async () => {
  const file = join(here.stateDirectory, 'calls.jsonl');
  const other = await testCloud([ssm], { journalFile: file });
  try {
    const client = new SSM(other.client);
    await client.putParameter({ Name: 'a', Value: 'b', Type: 'String' });
    await client.getParameter({ Name: 'missing' }).catch(() => undefined);
    const expected = [
      expect.objectContaining({
        service: 'ssm',
        operation: 'PutParameter',
        outcome: 'ok',
        ms: expect.any(Number),
      }),
      expect.objectContaining({
        principal: 'arn:aws:iam::123456789012:user/local-operator',
        permissions: [
          { action: 'ssm:GetParameter', resources: ['arn:aws:ssm:us-east-1:123456789012:parameter/missing'] },
        ],
        outcome: 'ParameterNotFound',
      }),
    ];
    expect(other.cloud.journal.entries()).toEqual(expected);
    await other.cloud.journal.flush();
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(expected);
  } finally {
    await other.close();
  }
});

test('a port in use is reported in one sentence', async () => {
  const port = Number(new URL(here.client.endpoint).port);
  const second = new Cloud({ stateDirectory: here.stateDirectory });
  await expect(second.listen(port)).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use; choose another, or 0 for any free port.`,
  );
});
