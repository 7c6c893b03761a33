import { arn, dev, ofType, only, REGION, synthesise, type Resource, type Stack } from './support/synthesis';
import { roleStatements, statements } from './support/statements';
import { approval } from './support/variants';

interface LambdaFunction {
  Role: string;
  Description: string;
  Environment: { Variables: Record<string, string> };
}

const without = synthesise(dev);
const { pipeline } = synthesise(approval);
const ids = ({ resources }: Stack) => resources.map(({ id }) => id);

/** Resources that only the variant has. */
const added = (stack: 'storage' | 'pipeline' | 'inference') => {
  const before = new Set(ids(without[stack]));
  return synthesise(approval)[stack].resources.filter(({ id }) => !before.has(id));
};
const functionOf = (name: string) =>
  ofType<LambdaFunction>(pipeline, 'AWS::Lambda::Function').find(({ id }) => id.startsWith(name))!;
const ask = functionOf('RunApproveAsk');
const approve = functionOf('RunApproveAnswer');
const granted = (fn: Resource<LambdaFunction>) => {
  const role = fn.properties.Role.split(':').at(-1)!;
  return ofType<{ Roles: string[] }>(pipeline, 'AWS::IAM::Policy')
    .filter(({ properties }) => properties.Roles.includes(role))
    .flatMap((policy) => statements(policy as unknown as Resource));
};
const actionsOf = (fn: Resource<LambdaFunction>) => granted(fn).flatMap(({ Action }) => Action);

test('without approval in the configuration it has no resources', () => {
  for (const stack of Object.values(without)) {
    expect((stack as Stack).resources.filter(({ id }) => /approv/i.test(id))).toEqual([]);
  }
});

test('with it, all other resources stay unchanged', () => {
  for (const stack of ['storage', 'pipeline', 'inference'] as const) {
    const all = ids(synthesise(approval)[stack]);
    // The first API that is deployed sets the account's role for logs.
    const others = ids(without[stack]).filter((id) => !/^PredictionApi(CloudWatchRole|Account)/.test(id));
    expect(others.filter((id) => !all.includes(id))).toEqual([]);
  }
});

test('approvers have their own topic, retained and encrypted as the team’s', () => {
  const [topic, ...others] = added('storage').filter(({ type }) => type === 'AWS::SNS::Topic');
  expect(others).toEqual([]);
  const team = only(without.storage, 'AWS::SNS::Topic');
  expect(topic).toMatchObject({
    properties: { DisplayName: 'Model approval', KmsMasterKeyId: team.properties.KmsMasterKeyId },
    deletionPolicy: team.deletionPolicy,
  });
  const mails = added('storage').filter(({ type }) => type === 'AWS::SNS::Subscription');
  expect(mails.map(({ properties }) => [properties.TopicArn, properties.Endpoint])).toEqual(
    approval.approval!.emails.map((email) => [arn(topic!.type, topic!.id), email]),
  );
  expect(ask.properties.Environment.Variables.TOPIC_ARN).toBe(arn(topic!.type, topic!.id));
});

test('links are signed by a KMS key, with one algorithm', () => {
  const key = only(pipeline, 'AWS::KMS::Key');
  expect(key.properties).toMatchObject({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const using = roleStatements(pipeline).filter(({ Action }) =>
    Action.some((action) => action.endsWith('Mac')),
  );
  expect(using).toHaveLength(2);
  for (const { Resource, Condition } of using) {
    expect(Resource).toEqual([arn(key.type, key.id)]);
    expect(Condition).toEqual({ StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } });
  }
  expect(actionsOf(ask)).toContain('kms:GenerateMac');
  expect(actionsOf(ask)).not.toContain('kms:VerifyMac');
  expect(actionsOf(approve)).toContain('kms:VerifyMac');
  expect(actionsOf(approve)).not.toContain('kms:GenerateMac');
});

test('links lead to the API, whose two methods the function answers', () => {
  const api = only(pipeline, 'AWS::ApiGateway::RestApi');
  expect(api.properties.EndpointConfiguration).toEqual({ Types: ['REGIONAL'] });
  const stage = only(pipeline, 'AWS::ApiGateway::Stage');
  expect(ask.properties.Environment.Variables.APPROVAL_URL).toBe(
    `https://${api.id}.execute-api.${REGION}.amazonaws.com/${stage.id}/approval`,
  );
  const methods = ofType<{ HttpMethod: string; Integration: { Uri: string } }>(
    pipeline,
    'AWS::ApiGateway::Method',
  );
  expect(methods.map(({ properties }) => properties.HttpMethod).sort()).toEqual(['GET', 'POST']);
  for (const { properties } of methods) {
    expect(properties.Integration.Uri).toContain(arn('AWS::Lambda::Function', approve.id));
  }
});

test('requests are throttled, and their URLs are not logged', () => {
  const { properties } = only<{ AccessLogSetting: { Format: string } }>(pipeline, 'AWS::ApiGateway::Stage');
  expect(properties).toMatchObject({
    TracingEnabled: false,
    MethodSettings: [
      expect.objectContaining({
        DataTraceEnabled: false,
        LoggingLevel: 'OFF',
        ThrottlingRateLimit: 5,
        ThrottlingBurstLimit: 10,
      }),
    ],
  });
  expect(properties.AccessLogSetting.Format).not.toMatch(/querystring|input|\$context\.path|headers/i);
});

test('one function may answer tasks of this state machine, and read and write questions', () => {
  const machine = only(pipeline, 'AWS::StepFunctions::StateMachine');
  const answering = roleStatements(pipeline).filter(({ Action }) =>
    Action.some((action) => action.startsWith('states:SendTask')),
  );
  expect(answering).toMatchObject([
    { Action: ['states:SendTaskSuccess'], Resource: [arn(machine.type, machine.id)] },
  ]);
  expect(actionsOf(approve)).toContain('states:SendTaskSuccess');
  const onObjects = granted(approve).filter(({ Action }) => Action.includes('s3:PutObject'));
  expect(
    onObjects.map(({ Action, Resource }) => [Action, Resource.map((on) => on.slice(on.indexOf('/')))]),
  ).toEqual([[['s3:GetObject', 's3:PutObject'], ['/runs/*/approval.json']]]);
});

test('its grants have no wildcard except for the run’s id', () => {
  const policies = new Set(added('pipeline').map(({ id }) => id));
  const own = roleStatements(pipeline).filter(({ policy }) => policies.has(policy));
  expect(own.length).toBeGreaterThan(8);
  for (const { Action, Resource } of own) {
    // X-Ray has no resource-level permissions.
    if (Action.every((action) => action.startsWith('xray:'))) continue;
    for (const action of Action) expect(action).not.toContain('*');
    for (const on of Resource)
      expect(on.replace('/runs/*/', '/').replace(/:log-group:[^:]+:\*$/, '')).not.toContain('*');
  }
});
