import { type Pattern, matchesPattern } from 'local-cloud/testing';
import { NO_TRIGGERS, type PipelineConfig } from '../../lib/config';
import { arn, dev, local, ofType, only, synthesise, type Resource } from './support/synthesis';
import { roleStatements } from './support/statements';

interface Rule {
  EventPattern: Pattern;
  State: string;
  Targets: { Arn: string; RetryPolicy: { MaximumRetryAttempts: number } }[];
}

interface Schedule {
  GroupName: string;
  ScheduleExpression: string;
  ScheduleExpressionTimezone: string;
  FlexibleTimeWindow: object;
  Target: { Arn: string; RoleArn: string; Input: string };
}

function partsOf(config: PipelineConfig) {
  const { pipeline } = synthesise(config);
  const named = <T>(type: string, start: string) =>
    ofType<T>(pipeline, type).find(({ id }) => id.startsWith(start))!;
  return {
    pipeline,
    fn: named<{ Environment: { Variables: Record<string, string> } }>('AWS::Lambda::Function', 'Triggers'),
    rule: (id: string) => named<Rule>('AWS::Events::Rule', `Triggers${id}`),
    group: only(pipeline, 'AWS::Scheduler::ScheduleGroup'),
    schedulerRole: named<{ AssumeRolePolicyDocument: { Statement: object[] } }>(
      'AWS::IAM::Role',
      'TriggersTriggerSchedulerRole',
    ),
    code: named<{ Value: string }>('AWS::SSM::Parameter', 'TriggersCode'),
  };
}

describe.each([dev, local])('triggers of $environment', (config) => {
  const { pipeline, fn, rule, group, schedulerRole } = partsOf(config);
  const target = arn(fn.type, fn.id);

  test('a schedule in a time zone calls the function', () => {
    const { properties } = only<Schedule>(pipeline, 'AWS::Scheduler::Schedule');
    expect(properties).toMatchObject({
      GroupName: group.id,
      ScheduleExpression: config.triggers.schedule!.expression,
      ScheduleExpressionTimezone: config.triggers.schedule!.timeZone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: target, RoleArn: arn(schedulerRole.type, schedulerRole.id) },
    });
    expect(JSON.parse(properties.Target.Input)).toEqual({
      source: 'pipeline.schedule',
      time: '<aws.scheduler.scheduled-time>',
    });
  });

  test.each(['NewData', 'NewCode', 'Drift'])(
    'the rule %s calls the function, and only that function',
    (id) => {
      const { properties } = rule(id);
      expect(properties.State).toBe('ENABLED');
      expect(properties.Targets).toMatchObject([{ Arn: target, RetryPolicy: { MaximumRetryAttempts: 10 } }]);
      const permissions = ofType<{ SourceArn: string }>(pipeline, 'AWS::Lambda::Permission');
      expect(
        permissions.filter(
          ({ properties: { SourceArn } }) => SourceArn === arn('AWS::Events::Rule', rule(id).id),
        ),
      ).toHaveLength(1);
    },
  );

  const created = (key: string, more: object = {}, detailType = 'Object Created') => ({
    ...{ source: 'aws.s3', 'detail-type': detailType },
    detail: { bucket: { name: bucketOf(rule('NewData')) }, object: { key }, ...more },
  });
  const parameter = (name: string, operation = 'Update') => ({
    ...{ source: 'aws.ssm', 'detail-type': 'Parameter Store Change' },
    detail: { name, operation },
  });
  const alarm = (alarmName: string, value = 'ALARM') => ({
    ...{ source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change' },
    detail: { alarmName, state: { value } },
  });
  const removed = (type: string) => created('data/a.csv', { 'deletion-type': type }, 'Object Deleted');
  const prefix = `/mlops/${config.model}/${config.environment}`;
  const name = `mlops-${config.model}-${config.environment}`;

  test.each<[string, string, object, boolean]>([
    ['a new object', 'NewData', created('data/a.csv'), true],
    ['a new object in a folder', 'NewData', created('data/2026/a.csv'), true],
    ['a changed schema', 'NewData', created('schema/schema.json'), true],
    ['a deleted object', 'NewData', removed('Delete Marker Created'), true],
    ['an old version that expired', 'NewData', removed('Permanently Deleted'), false],
    // Such a run has nothing to do.
    ['an object that is no data', 'NewData', created('data/a.txt'), true],
    ['an object elsewhere', 'NewData', created('other/data/a.csv'), false],
    ['another bucket', 'NewData', created('data/a.csv', { bucket: { name: 'b' } }), false],
    ['a hyperparameter', 'NewCode', parameter(`${prefix}/hyperparameters/training/epochs`), true],
    ['a hyperparameter that is gone', 'NewCode', parameter(`${prefix}/hyperparameters/x`, 'Delete'), true],
    ['a label', 'NewCode', parameter(`${prefix}/hyperparameters/x`, 'LabelParameterVersion'), false],
    ['code or gate', 'NewCode', parameter(`${prefix}/code`), true],
    ['another environment', 'NewCode', parameter('/mlops/table/other/code'), false],
    ['an alarm on drift', 'Drift', alarm(`${name}-drift-features`), true],
    ['its end', 'Drift', alarm(`${name}-drift-features`, 'OK'), false],
    ['another alarm', 'Drift', alarm(`${name}-primary-errors`), false],
  ])('%s for the rule %s: %#', (_, id, event, expected) => {
    expect(matchesPattern(rule(id).properties.EventPattern, event)).toBe(expected);
  });

  test('Scheduler may call the function for this group, and nothing else', () => {
    const { Statement } = schedulerRole.properties.AssumeRolePolicyDocument;
    expect(Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012', 'aws:SourceArn': arn(group.type, group.id) },
        },
      },
    ]);
    const allowed = roleStatements(pipeline).filter(({ policy }) =>
      policy.startsWith('TriggersTriggerSchedulerRole'),
    );
    const queue = only(pipeline, 'AWS::SQS::Queue');
    expect(allowed).toMatchObject([
      { Action: ['lambda:InvokeFunction'], Resource: [target] },
      { Action: ['sqs:SendMessage'], Resource: [arn(queue.type, queue.id)] },
    ]);
  });

  test('the function may create one schedule and start one state machine', () => {
    const machine = only(pipeline, 'AWS::StepFunctions::StateMachine');
    const machineArn = arn(machine.type, machine.id);
    const allowed = roleStatements(pipeline)
      .filter(({ policy }) => policy.startsWith('TriggersTriggerFunctionRole'))
      .flatMap(({ Action, Resource }) => Action.map((action) => `${action} ${Resource.join()}`))
      .filter((each) => !/^(logs|xray):/.test(each));
    const nextRun = `arn:aws:scheduler:eu-west-1:123456789012:schedule/${group.id}/next-run`;
    expect(allowed.sort()).toEqual([
      `iam:PassRole ${arn(schedulerRole.type, schedulerRole.id)}`,
      ...['Create', 'Delete', 'Get', 'Update'].map((action) => `scheduler:${action}Schedule ${nextRun}`),
      `states:DescribeExecution ${machineArn.replace(':stateMachine:', ':execution:')}:auto-*`,
      `states:ListExecutions ${machineArn}`,
      `states:StartExecution ${machineArn}`,
    ]);
  });

  test('the data bucket sends events to EventBridge', () => {
    const { storage } = synthesise(config);
    const telling = ofType<{ NotificationConfiguration?: object }>(storage, 'AWS::S3::Bucket').filter(
      ({ properties }) => properties.NotificationConfiguration,
    );
    expect(telling.map(({ id }) => id)).toEqual([expect.stringMatching(/^StoreData/)]);
  });
});

function bucketOf({ properties }: Resource<Rule>): string {
  return (properties.EventPattern.detail as { bucket: { name: [string] } }).bucket.name[0];
}

test('quiet periods are those of the configuration', () => {
  const { Variables } = partsOf(dev).fn.properties.Environment;
  expect(JSON.parse(Variables.SETTINGS!)).toMatchObject({
    quietPeriods: { newData: { quietMinutes: 5, maxWaitMinutes: 60 }, drift: { quietMinutes: 1 } },
  });
});

test.each<[string, Partial<PipelineConfig>, boolean]>([
  ['another gate', { gate: { ...dev.gate, confidence: 0.9 } }, true],
  [
    'another base image',
    { programs: { ...dev.programs, train: { ...dev.programs.train, baseImage: 'other' } } },
    true,
  ],
  ['another endpoint', { endpoint: { ...dev.endpoint, keepModels: 7 } }, false],
])('%s is new code: %s', (_, change, expected) => {
  const value = (config: PipelineConfig) => partsOf(config).code.properties.Value;
  expect(value({ ...dev, ...change }) !== value(dev)).toBe(expected);
});

// A run that starts earlier would use the old code, and no event would follow.
test('the code parameter is deployed after the resources that runs use, and the rule after the parameter', () => {
  const { pipeline, code, rule } = partsOf(dev);
  const machine = only(pipeline, 'AWS::StepFunctions::StateMachine');
  const initiate = ofType(pipeline, 'AWS::Lambda::Function').find(({ id }) =>
    id.startsWith('RunPrepareInitiate'),
  )!;
  expect(code.dependsOn).toEqual(expect.arrayContaining([machine.id, initiate.id]));
  expect(rule('NewCode').dependsOn).toContain(code.id);
  const parameters = ofType(pipeline, 'AWS::SSM::Parameter').filter(({ id }) =>
    id.startsWith('Hyperparameter'),
  );
  expect(code.dependsOn).toEqual(expect.arrayContaining(parameters.map(({ id }) => id)));
});

test('without triggers there are no function, schedule and rules for them', () => {
  const { pipeline } = synthesise({ ...dev, triggers: NO_TRIGGERS });
  const ids = pipeline.resources.map(({ id }) => id);
  expect(ids.filter((id) => id.startsWith('Triggers'))).toEqual([]);
  const { pipeline: drift } = synthesise({
    ...dev,
    triggers: { ...NO_TRIGGERS, drift: { alarmNames: ['a'] } },
  });
  expect(ofType(drift, 'AWS::Events::Rule').filter(({ id }) => id.startsWith('Triggers'))).toHaveLength(1);
  expect(ofType(drift, 'AWS::Scheduler::Schedule')).toEqual([]);
});
