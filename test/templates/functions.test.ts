import { dev, arn, local, ofType, only, synthesise, type Resource, type Stack } from './support/synthesis';
import { statements } from './support/statements';
import { environments } from '../support/configs';
import { approval, workingHours } from './support/variants';

interface LambdaFunction {
  Role: string;
  Runtime: string;
  LoggingConfig: { LogGroup: string };
  Environment: { Variables: Record<string, string> };
  Timeout: number;
}

interface Trust {
  Principal: { Service?: string };
  Condition?: object;
}

describe.each([dev, local])('functions and rules of $environment', (config) => {
  const { pipeline, inference, storage } = synthesise(config);
  const functions = [pipeline, inference].flatMap((stack) =>
    ofType<LambdaFunction>(stack, 'AWS::Lambda::Function').map((fn) => ({ ...fn, stack })),
  );

  test('every function has a role and a log group that no other has', () => {
    expect(functions.length).toBeGreaterThanOrEqual(10);
    expect(new Set(functions.map(({ properties }) => properties.Role)).size).toBe(functions.length);
    const groups = functions.map(({ properties }) => properties.LoggingConfig.LogGroup);
    expect(new Set(groups).size).toBe(functions.length);
    for (const { stack, properties } of functions) {
      expect(ofType(stack, 'AWS::Logs::LogGroup').map(({ id }) => id)).toContain(
        properties.LoggingConfig.LogGroup,
      );
    }
  });

  // Without a retention CloudWatch keeps and bills logs for ever.
  test('every log group has the configured retention', () => {
    const groups = [pipeline, inference, storage].flatMap((stack) => ofType(stack, 'AWS::Logs::LogGroup'));
    expect(groups.length).toBeGreaterThan(functions.length);
    for (const { properties } of groups) expect(properties.RetentionInDays).toBe(config.logRetentionDays);
  });

  test("every function runs on the Node of the project's own tests", () => {
    const major = process.version.slice(1).split('.')[0];
    for (const { properties } of functions) expect(properties.Runtime).toBe(`nodejs${major}.x`);
  });

  test('no environment variable has a secret', () => {
    for (const { properties } of functions) {
      const { Variables } = properties.Environment;
      expect(Object.keys(Variables).filter((name) => /KEY_ID|SECRET|TOKEN|PASSWORD/i.test(name))).toEqual([]);
    }
  });

  test('only executions that failed, timed out or were aborted invoke the notification', () => {
    const machine = only(pipeline, 'AWS::StepFunctions::StateMachine');
    const notify = functions.find(({ id }) => id.startsWith('NotificationsNotify'))!;
    const toNotify = ofType<{ EventPattern: object; State: string; Targets: { Arn: string }[] }>(
      pipeline,
      'AWS::Events::Rule',
    ).filter(({ properties }) => properties.Targets.some(({ Arn }) => Arn === arn(notify.type, notify.id)));
    expect(toNotify).toHaveLength(1);
    const rule = toNotify[0]!;
    expect(rule.properties.State).toBe('ENABLED');
    expect(rule.properties.EventPattern).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [arn(machine.type, machine.id)],
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    });
    expect(rule.properties.Targets.map(({ Arn }) => Arn)).toEqual([arn(notify.type, notify.id)]);
    const permissions = ofType<{ FunctionName: string }>(pipeline, 'AWS::Lambda::Permission');
    const allowed = permissions.filter(
      ({ properties }) => properties.FunctionName === arn(notify.type, notify.id),
    );
    expect(allowed.map(({ properties }) => properties)).toMatchObject([
      { Principal: 'events.amazonaws.com', SourceArn: arn(rule.type, rule.id) },
    ]);
  });

  test('the notification may read executions of this state machine only', () => {
    const machine = only(pipeline, 'AWS::StepFunctions::StateMachine');
    const looks = roleOf(pipeline, functions.find(({ id }) => id.startsWith('NotificationsNotify'))!).filter(
      ({ Action }) => Action.some((action) => action.startsWith('states:')),
    );
    expect(looks.map(({ Action }) => Action)).toEqual([
      ['states:DescribeExecution', 'states:GetExecutionHistory'],
    ]);
    expect(looks[0]!.Resource).toEqual([
      `${arn(machine.type, machine.id).replace(':stateMachine:', ':execution:')}:*`,
    ]);
  });

  test('the state machine is logged with its data and traced', () => {
    const { properties } = only(pipeline, 'AWS::StepFunctions::StateMachine');
    expect(properties).toMatchObject({
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
  });
});

function roleOf(stack: Stack, fn: Resource<LambdaFunction>) {
  const role = fn.properties.Role.split(':').at(-1)!;
  return ofType<{ Roles: string[] }>(stack, 'AWS::IAM::Policy')
    .filter(({ properties }) => properties.Roles.includes(role))
    .flatMap((policy) => statements(policy as unknown as Resource));
}

test.each([dev, workingHours])('what no function receives is in a queue with an alarm: %#', (config) => {
  const { pipeline } = synthesise(config);
  const queue = only(pipeline, 'AWS::SQS::Queue');
  const queueArn = arn(queue.type, queue.id);
  const targets = ofType<{ Targets: { DeadLetterConfig?: object }[] }>(pipeline, 'AWS::Events::Rule').flatMap(
    ({ properties }) => properties.Targets,
  );
  const schedules = ofType<{ Target: { DeadLetterConfig?: object } }>(
    pipeline,
    'AWS::Scheduler::Schedule',
  ).map(({ properties }) => properties.Target);
  expect(targets.length + schedules.length).toBeGreaterThan(3);
  for (const target of [...targets, ...schedules]) expect(target.DeadLetterConfig).toEqual({ Arn: queueArn });
  const alarms = ofType<{ Namespace?: string; Threshold: number }>(pipeline, 'AWS::CloudWatch::Alarm');
  expect(alarms.filter(({ properties }) => properties.Namespace === 'AWS/SQS')).toMatchObject([
    { properties: { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 } },
  ]);
});

// Lambda and API Gateway do not document the key: lib/platform/role.ts.
test('every service that sends it assumes a role for this account only', () => {
  const roles = Object.values(synthesise(workingHours)).flatMap((stack) =>
    ofType<{ AssumeRolePolicyDocument: { Statement: Trust[] } }>(stack as Stack, 'AWS::IAM::Role'),
  );
  const trusts = roles.flatMap(({ properties }) => properties.AssumeRolePolicyDocument.Statement);
  const bare = trusts.filter(
    ({ Condition }) => !JSON.stringify(Condition ?? {}).includes('aws:SourceAccount'),
  );
  expect([...new Set(bare.map(({ Principal }) => Principal.Service))].sort()).toEqual([
    'apigateway.amazonaws.com',
    'lambda.amazonaws.com',
  ]);
  const services = new Set(trusts.map(({ Principal }) => Principal.Service));
  for (const service of ['codebuild', 'sagemaker', 'scheduler', 'states'])
    expect(services).toContain(`${service}.amazonaws.com`);
});

/** A resource with a fixed name cannot be replaced, nor deployed twice in an account. */
describe('physical names', () => {
  const NAMES: Record<string, string> = {
    'AWS::ApiGateway::ApiKey': 'Name',
    'AWS::ApiGateway::RestApi': 'Name',
    'AWS::ApiGateway::UsagePlan': 'UsagePlanName',
    'AWS::CodeBuild::Project': 'Name',
    'AWS::ECR::Repository': 'RepositoryName',
    'AWS::Events::Rule': 'Name',
    'AWS::IAM::Role': 'RoleName',
    'AWS::Lambda::Function': 'FunctionName',
    'AWS::Logs::LogGroup': 'LogGroupName',
    'AWS::S3::Bucket': 'BucketName',
    'AWS::SNS::Topic': 'TopicName',
    'AWS::Scheduler::Schedule': 'Name',
    'AWS::Scheduler::ScheduleGroup': 'Name',
    'AWS::SSM::Parameter': 'Name',
    'AWS::StepFunctions::StateMachine': 'StateMachineName',
  };

  test('are given only to resources that are known outside of the stacks', () => {
    const named = Object.values(synthesise(dev)).flatMap(({ resources }: Stack) =>
      resources
        .filter(({ type, properties }) => NAMES[type] && properties[NAMES[type]] !== undefined)
        .map(({ type, properties }) => `${type} ${String(properties[NAMES[type]!])}`),
    );
    const parameters = named.filter((name) =>
      name.startsWith('AWS::SSM::Parameter /mlops/table/dev/hyperparameters/'),
    );
    expect(named.filter((name) => !parameters.includes(name))).toEqual([
      // Their prefix is required; the stack's id makes it another one for each stack.
      'AWS::Logs::LogGroup /aws/vendedlogs/states/mlops-table-dev-00000000-0000-0000-0000-000000000000',
      // Mails name it, when its change starts a run.
      'AWS::SSM::Parameter /mlops/table/dev/code',
      'AWS::ApiGateway::RestApi mlops-table-dev-prediction',
      // API Gateway writes to this name; the API's id is in it.
      'AWS::Logs::LogGroup API-Gateway-Execution-Logs_PredictionApiA9D243E7/v1',
    ]);
    expect(parameters).not.toHaveLength(0);
  });
});

// TaskScheduled, which has the arguments of a task, is logged at the level ALL alone ("Log levels", Developer Guide).
test('the task token of an approval is in no log', () => {
  const { pipeline } = synthesise(approval);
  const { properties } = only(pipeline, 'AWS::StepFunctions::StateMachine');
  expect(JSON.stringify(properties.DefinitionString)).toContain('$states.context.Task.Token');
  expect(properties.LoggingConfiguration).toMatchObject({ Level: 'ERROR' });
});

test('no log group of the local environment outlives its stack', () => {
  const groups = Object.values(synthesise(local)).flatMap((stack) =>
    ofType(stack as Stack, 'AWS::Logs::LogGroup'),
  );
  expect(groups.length).toBeGreaterThan(10);
  for (const { id, deletionPolicy, updateReplacePolicy } of groups)
    expect([id, deletionPolicy, updateReplacePolicy]).toEqual([id, 'Delete', 'Delete']);
});

// Flow logs, approval links, working hours: every log group has a retention.
test.each([...environments, approval, workingHours])(
  'no log group of $environment is kept for ever',
  (config) => {
    const groups = Object.values(synthesise(config)).flatMap((stack) =>
      ofType(stack as Stack, 'AWS::Logs::LogGroup'),
    );
    expect(groups.length).toBeGreaterThan(10);
    for (const { id, properties } of groups)
      expect([id, properties.RetentionInDays]).toEqual([id, config.logRetentionDays]);
  },
);
