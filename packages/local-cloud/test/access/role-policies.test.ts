import { SFN } from '@aws-sdk/client-sfn';
import { STS } from '@aws-sdk/client-sts';
import { policyAuthorizer } from '../../src/access/authorizer';
import type { Principal } from '../../src/core/principals';
import { kms } from '../../src/services/kms';
import { s3 } from '../../src/services/s3';
import { sns } from '../../src/services/sns';
import { stepfunctions } from '../../src/services/stepfunctions';
import { sts } from '../../src/services/sts';
import { testCloud, type TestCloud } from '../support/test-cloud';
import { allow, credentialsWith, ROOT, roleArn } from './actors';
import { putRole } from './roles';

const BUCKET = 'arn:aws:s3:::bucket';

let here: TestCloud;
let operator: { principal: Principal };
let count = 0;

beforeAll(async () => {
  here = await testCloud([kms, s3, sns, stepfunctions, sts], { authorizer: policyAuthorizer });
  operator = { principal: here.cloud.principals.operator };
  await here.cloud.call('s3', 'CreateBucket', { Bucket: 'bucket' }, operator);
});
afterAll(() => here.close());

/** Returns settings of a client that acts as a new role with these statements. */
function actingWith(...statements: object[]) {
  return { ...here.client, credentials: credentialsWith(here.cloud, `role-${++count}`, statements) };
}

describe('roles', () => {
  test('can be assumed by principals that they trust', async () => {
    const arn = roleArn('trusting');
    const assume = (statements: object[]) =>
      new STS(actingWith(...statements)).assumeRole({ RoleArn: arn, RoleSessionName: 'me' });
    putRole(here.cloud, arn, { services: ['lambda.amazonaws.com'] });
    await expect(assume([allow('sts:AssumeRole', arn)])).rejects.toMatchObject({ name: 'AccessDenied' });
    const Statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: ROOT };
    putRole(here.cloud, arn, { trustPolicy: { Version: '2012-10-17', Statement } });
    await expect(assume([])).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume([allow('sts:AssumeRole', arn)])).resolves.toHaveProperty('Credentials');
  });

  test('can be passed only to the service in the condition', async () => {
    const arn = roleArn('machine');
    putRole(here.cloud, arn, { services: ['states.amazonaws.com'] });
    const create = (service: string) => {
      const Condition = { StringEquals: { 'iam:PassedToService': service } };
      const pass = allow('iam:PassRole', arn, { Condition });
      return new SFN(actingWith(allow('states:CreateStateMachine', '*'), pass)).createStateMachine({
        name: `machine-${++count}`,
        definition: machine({ Type: 'Succeed' }),
        roleArn: arn,
      });
    };
    await expect(create('lambda.amazonaws.com')).rejects.toThrow(/iam:PassRole on resource: .*role\/machine/);
    await expect(create('states.amazonaws.com')).resolves.toHaveProperty('stateMachineArn');
  });
});

const machine = (state: object) =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'S', States: { S: state } });

describe('a state machine’s role', () => {
  const rule =
    'arn:aws:events:us-east-1:123456789012:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule';
  const training = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
    Arguments: {},
    End: true,
  };
  const LOGS = [
    'CreateLogDelivery',
    'GetLogDelivery',
    'ListLogDeliveries',
    'PutResourcePolicy',
    'DescribeResourcePolicies',
    'DescribeLogGroups',
  ];
  const loggingConfiguration = {
    level: 'ALL' as const,
    destinations: [
      { cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:x:*' } },
    ],
  };

  test.each<[string, string[], object[], object, RegExp | undefined]>([
    [
      'does not trust Step Functions',
      ['lambda.amazonaws.com'],
      [],
      {},
      /Neither the global service principal states.amazonaws.com/,
    ],
    [
      'may not create the rule of its jobs',
      ['states.amazonaws.com'],
      [allow('events:PutRule', rule)],
      {},
      /is not authorized to create managed-rule/,
    ],
    [
      'may',
      ['states.amazonaws.com'],
      [allow(['events:PutRule', 'events:PutTargets', 'events:DescribeRule'], rule)],
      {},
      undefined,
    ],
    [
      'may not deliver its log',
      ['states.amazonaws.com'],
      [allow('events:*', rule), allow('logs:CreateLogDelivery', '*')],
      { loggingConfiguration },
      /not authorized to access the Log Destination/,
    ],
    [
      'may deliver its log',
      ['states.amazonaws.com'],
      [
        allow('events:*', rule),
        allow(
          LOGS.map((name) => `logs:${name}`),
          '*',
        ),
      ],
      { loggingConfiguration },
      undefined,
    ],
  ])('that %s', async (_, services, statements, more, refusal) => {
    const arn = roleArn(`machine-${++count}`);
    putRole(here.cloud, arn, { services, statements });
    const created = new SFN(here.client).createStateMachine({
      ...{ name: `machine-${count}`, definition: machine(training), roleArn: arn },
      ...more,
    });
    if (!refusal) return expect(created).resolves.toHaveProperty('stateMachineArn');
    return expect(created).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(refusal),
    });
  });
});

test.each<[string, (policy: string) => Promise<unknown>, string]>([
  [
    'a bucket',
    (Policy) => here.cloud.call('s3', 'PutBucketPolicy', { Bucket: 'bucket', Policy }, operator),
    'MalformedPolicy',
  ],
  [
    'a key',
    (Policy) => here.cloud.call('kms', 'CreateKey', { Policy }, operator),
    'MalformedPolicyDocumentException',
  ],
  [
    'a topic',
    (Policy) => here.cloud.call('sns', 'CreateTopic', { Name: 'bad', Attributes: { Policy } }, operator),
    'InvalidParameterException',
  ],
])('%s refuses a malformed policy', async (_, store, code) => {
  const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${BUCKET}/*` };
  const bad: [object | string, RegExp][] = [
    ['{', /JSON/],
    [
      { Version: '2012-10-17', Statement: { ...statement, Action: 's3:GetObjekt' } },
      /s3:GetObjekt|^Policy has invalid action$/,
    ],
    [
      { Version: '2012-10-17', Statement: { ...statement, Condition: { StringIs: { 'aws:userid': 'x' } } } },
      /StringIs/,
    ],
  ];
  for (const [policy, message] of bad) {
    const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
    await expect(store(text)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  }
});
