import { assertValid } from '../../src/core/validation';
import { findModel } from '../../src/services';

const text = (length: number) => 'x'.repeat(length);
const list = <T>(length: number, item: (index: number) => T) =>
  Array.from({ length }, (_, index) => item(index));
const bytes = (length: number) => new Uint8Array(length);

const ROLE = 'arn:aws:iam::123456789012:role/r';
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:team';

const alarm = (change: object) => ({
  ...{ AlarmName: 'a', Namespace: 'N', MetricName: 'm', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 },
  ...{ Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', ...change },
});
const statistics = (change: object) => ({
  ...{ Namespace: 'N', MetricName: 'm', StartTime: new Date(0), EndTime: new Date(60_000), Period: 60 },
  ...{ Statistics: ['Sum'], ...change },
});
const datum = (change: object) => ({
  Namespace: 'N',
  MetricData: [{ MetricName: 'm', Value: 1, ...change }],
});
const state = (change: object) => ({ AlarmName: 'a', StateValue: 'OK', StateReason: 'test', ...change });
const schedule = (change: object) => ({
  ...{ Name: 's', ScheduleExpression: 'rate(1 hour)', FlexibleTimeWindow: { Mode: 'OFF' } },
  ...{ Target: target({}), ...change },
});
const target = (change: object) => ({
  Arn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
  RoleArn: ROLE,
  ...change,
});
const policy = (change: object) => ({
  ...{ PolicyName: 'p', ServiceNamespace: 'sagemaker', ResourceId: 'endpoint/e/variant/v' },
  ...{ ScalableDimension: 'sagemaker:variant:DesiredInstanceCount', ...change },
});
const tracking = (Statistic: string) =>
  policy({
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 1,
      CustomizedMetricSpecification: { Statistic },
    },
  });
const functionOf = (change: object) => ({
  ...{ FunctionName: 'f', Role: ROLE, Code: { S3Bucket: 'bucket', S3Key: 'k' }, Runtime: 'nodejs24.x' },
  ...{ Handler: 'index.handler', ...change },
});
const configuration = (change: object) => ({ FunctionName: 'f', ...change });
const permission = (change: object) => ({
  ...{ FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: '123456789012' },
  ...change,
});
const parameter = (change: object) => ({ Name: 'n', Value: 'v', ...change });
const message = (change: object) => ({
  ...{ KeyId: 'k', MacAlgorithm: 'HMAC_SHA_256', Message: bytes(1), ...change },
});
const project = (name: string) => ({
  ...{ name, serviceRole: ROLE, source: { type: 'NO_SOURCE' }, artifacts: { type: 'NO_ARTIFACTS' } },
  environment: { type: 'LINUX_CONTAINER', computeType: 'BUILD_GENERAL1_SMALL', image: 'i' },
});
const logEvents = (events: object[]) => ({ logGroupName: 'g', logStreamName: 's', logEvents: events });
const entry = { Source: 's', DetailType: 't', Detail: '{}' };

/**
 * A limit that no service checks itself: the operation, the refused field, the input with a value, the largest allowed
 * value and the smallest refused value.
 */
type Case = [
  operation: string,
  field: string,
  input: (value: any) => object,
  within: unknown,
  beyond: unknown,
];

function limits(service: string, code: string, cases: readonly Case[]): void {
  const model = findModel(service)!;
  describe(service, () => {
    test.each(cases)('%s %s', (operation, field, input, within, beyond) => {
      expect(() => assertValid(model, operation, input(within))).not.toThrow();
      const refused = () => assertValid(model, operation, input(beyond));
      expect(refused).toThrow(expect.objectContaining({ name: code }));
      expect(refused).toThrow(new RegExp(`at '${field.replaceAll('.', '\\.')}'`));
      // ECR does not show values; a long value is not shown to its end.
      if (typeof beyond === 'string' && service !== 'ecr')
        expect(refused).toThrow(new RegExp(`Value '\\[?${beyond.slice(0, 100)}`));
    });
  });
}

limits('cloudwatch', 'ValidationException', [
  ['PutMetricAlarm', 'alarmName', (AlarmName) => alarm({ AlarmName }), text(255), text(256)],
  ['PutMetricAlarm', 'alarmName', (AlarmName) => alarm({ AlarmName }), 'a', ''],
  ['PutMetricAlarm', 'alarmDescription', (v) => alarm({ AlarmDescription: v }), text(1024), text(1025)],
  ['PutMetricAlarm', 'statistic', (Statistic) => alarm({ Statistic }), 'Maximum', 'p99'],
  ['PutMetricAlarm', 'unit', (Unit) => alarm({ Unit }), 'Count', 'Pieces'],
  [
    'PutMetricAlarm',
    'comparisonOperator',
    (ComparisonOperator) => alarm({ ComparisonOperator }),
    'LessThanThreshold',
    'Equals',
  ],
  ['PutMetricAlarm', 'evaluationPeriods', (v) => alarm({ EvaluationPeriods: v }), 1, 0],
  ['PutMetricAlarm', 'datapointsToAlarm', (v) => alarm({ DatapointsToAlarm: v }), 1, 0],
  ...['OKActions', 'AlarmActions', 'InsufficientDataActions'].map(
    (member): Case => [
      'PutMetricAlarm',
      member.charAt(0).toLowerCase() + member.slice(1),
      (count: number) => alarm({ [member]: list(count, () => TOPIC) }),
      5,
      6,
    ],
  ),
  ...['DescribeAlarms', 'DeleteAlarms'].map(
    (operation): Case => [
      operation,
      'alarmNames',
      (count: number) => ({ AlarmNames: list(count, (i) => `a${i}`) }),
      100,
      101,
    ],
  ),
  ...['DescribeAlarms', 'DescribeAlarmHistory'].flatMap((operation): Case[] => [
    [operation, 'maxRecords', (MaxRecords) => ({ MaxRecords }), 100, 101],
    [operation, 'maxRecords', (MaxRecords) => ({ MaxRecords }), 1, 0],
  ]),
  ['SetAlarmState', 'stateValue', (StateValue) => state({ StateValue }), 'ALARM', 'BAD'],
  ['SetAlarmState', 'stateReason', (StateReason) => state({ StateReason }), text(1023), text(1024)],
  ['GetMetricStatistics', 'statistics', (v) => statistics({ Statistics: [v] }), 'Average', 'p99'],
  ['PutMetricData', 'metricData.1.member.metricName', (v) => datum({ MetricName: v }), text(255), text(256)],
  ['PutMetricData', 'metricData.1.member.metricName', (v) => datum({ MetricName: v }), 'm', ''],
  ['PutMetricData', 'metricData.1.member.unit', (Unit) => datum({ Unit }), 'Bytes', 'Pieces'],
  [
    'PutMetricData',
    'metricData.1.member.dimensions',
    (count: number) => datum({ Dimensions: list(count, (i) => ({ Name: `n${i}`, Value: 'v' })) }),
    30,
    31,
  ],
]);

limits('scheduler', 'ValidationException', [
  ...['CreateSchedule', 'CreateScheduleGroup'].flatMap((operation): Case[] => {
    const named = (Name: string) => (operation === 'CreateSchedule' ? schedule({ Name }) : { Name });
    return [
      [operation, 'name', named, text(64), text(65)],
      [operation, 'name', named, 'a-b_c.d', 'a b'],
    ];
  }),
  ...['CreateSchedule', 'UpdateSchedule'].flatMap((operation): Case[] => {
    const retries = (RetryPolicy: object) => schedule({ Target: target({ RetryPolicy }) });
    const attempts = (MaximumRetryAttempts: number) => retries({ MaximumRetryAttempts });
    const age = (MaximumEventAgeInSeconds: number) => retries({ MaximumEventAgeInSeconds });
    return [
      [operation, 'description', (Description) => schedule({ Description }), text(512), text(513)],
      [operation, 'state', (State) => schedule({ State }), 'DISABLED', 'PAUSED'],
      [operation, 'actionAfterCompletion', (v) => schedule({ ActionAfterCompletion: v }), 'DELETE', 'STOP'],
      [operation, 'target.roleArn', (v) => schedule({ Target: target({ RoleArn: v }) }), ROLE, 'role'],
      [operation, 'target.input', (v) => schedule({ Target: target({ Input: v }) }), '1', ''],
      [operation, 'target.retryPolicy.maximumRetryAttempts', attempts, 185, 186],
      [operation, 'target.retryPolicy.maximumRetryAttempts', attempts, 0, -1],
      [operation, 'target.retryPolicy.maximumEventAgeInSeconds', age, 86_400, 86_401],
      [operation, 'target.retryPolicy.maximumEventAgeInSeconds', age, 60, 59],
    ];
  }),
]);

limits('applicationautoscaling', 'ValidationException', [
  ['PutScalingPolicy', 'policyName', (PolicyName) => policy({ PolicyName }), text(256), text(257)],
  ['PutScalingPolicy', 'policyName', (PolicyName) => policy({ PolicyName }), 'a b', 'a\tb'],
  ['PutScalingPolicy', 'policyType', (PolicyType) => policy({ PolicyType }), 'StepScaling', 'Linear'],
  [
    'PutScalingPolicy',
    'targetTrackingScalingPolicyConfiguration.customizedMetricSpecification.statistic',
    tracking,
    'Average',
    'Median',
  ],
  [
    'PutScalingPolicy',
    'stepScalingPolicyConfiguration.adjustmentType',
    (AdjustmentType) => policy({ StepScalingPolicyConfiguration: { AdjustmentType } }),
    'ExactCapacity',
    'Double',
  ],
  [
    'PutScalingPolicy',
    'stepScalingPolicyConfiguration.metricAggregationType',
    (MetricAggregationType) => policy({ StepScalingPolicyConfiguration: { MetricAggregationType } }),
    'Maximum',
    'Sum',
  ],
]);

limits('lambda', 'ValidationException', [
  ...(
    [
      ['CreateFunction', functionOf],
      ['UpdateFunctionConfiguration', configuration],
    ] as const
  ).flatMap(([operation, request]): Case[] => {
    const storage = (Size: number) => request({ EphemeralStorage: { Size } });
    const logging = (member: string) => (value: string) => request({ LoggingConfig: { [member]: value } });
    return [
      [operation, 'handler', (Handler) => request({ Handler }), text(128), text(129)],
      [operation, 'handler', (Handler) => request({ Handler }), 'index.handler', 'index handler'],
      [operation, 'description', (Description) => request({ Description }), text(256), text(257)],
      [operation, 'role', (Role) => request({ Role }), ROLE, 'arn:aws:iam::1:role/r'],
      [operation, 'timeout', (Timeout) => request({ Timeout }), 900, 901],
      [operation, 'timeout', (Timeout) => request({ Timeout }), 1, 0],
      [operation, 'memorySize', (MemorySize) => request({ MemorySize }), 128, 127],
      [operation, 'ephemeralStorage.size', storage, 10_240, 10_241],
      [operation, 'ephemeralStorage.size', storage, 512, 511],
      [operation, 'loggingConfig.logFormat', logging('LogFormat'), 'JSON', 'XML'],
      [operation, 'loggingConfig.logGroup', logging('LogGroup'), text(512), text(513)],
      [operation, 'loggingConfig.logGroup', logging('LogGroup'), 'group', 'a group'],
      [operation, 'loggingConfig.applicationLogLevel', logging('ApplicationLogLevel'), 'FATAL', 'LOUD'],
      [operation, 'loggingConfig.systemLogLevel', logging('SystemLogLevel'), 'WARN', 'FATAL'],
    ];
  }),
  ...(
    [
      ['CreateFunction', functionOf],
      ['UpdateFunctionCode', configuration],
    ] as const
  ).flatMap(([operation, request]): Case[] => {
    const architectures = (Architectures: string[]) => request({ Architectures });
    return [
      [operation, 'architectures', architectures, ['arm64'], []],
      [operation, 'architectures', architectures, ['x86_64'], ['x86_64', 'arm64']],
      [operation, 'architectures', architectures, ['x86_64'], ['riscv']],
    ];
  }),
  ['AddPermission', 'statementId', (StatementId) => permission({ StatementId }), text(100), text(101)],
  ['AddPermission', 'statementId', (StatementId) => permission({ StatementId }), 'a-b_c', 'a b'],
  ['AddPermission', 'action', (Action) => permission({ Action }), 'lambda:*', 's3:GetObject'],
]);

limits('ssm', 'ValidationException', [
  ['PutParameter', 'type', (Type) => parameter({ Type }), 'StringList', 'Number'],
  ['GetParametersByPath', 'maxResults', (MaxResults) => ({ Path: '/', MaxResults }), 10, 11],
  ['GetParametersByPath', 'maxResults', (MaxResults) => ({ Path: '/', MaxResults }), 1, 0],
]);

limits('cloudwatchlogs', 'InvalidParameterException', [
  ['CreateLogGroup', 'logGroupName', (logGroupName) => ({ logGroupName }), text(512), text(513)],
  ['CreateLogGroup', 'logGroupName', (logGroupName) => ({ logGroupName }), '/a.b-c_d#', 'a b'],
  [
    'CreateLogStream',
    'logStreamName',
    (v) => ({ logGroupName: 'g', logStreamName: v }),
    text(512),
    text(513),
  ],
  ['CreateLogStream', 'logStreamName', (v) => ({ logGroupName: 'g', logStreamName: v }), 'a b', 'a:b'],
  ['CreateLogStream', 'logStreamName', (v) => ({ logGroupName: 'g', logStreamName: v }), 'a', ''],
  [
    'PutLogEvents',
    'logEvents',
    (count: number) => logEvents(list(count, () => ({ timestamp: 1, message: 'm' }))),
    10_000,
    10_001,
  ],
  ['PutLogEvents', 'logEvents', logEvents, [{ timestamp: 1, message: 'm' }], []],
  [
    'PutLogEvents',
    'logEvents.1.member.message',
    (text: string) => logEvents([{ timestamp: 1, message: text }]),
    'm',
    '',
  ],
]);

limits('ecr', 'InvalidParameterException', [
  ['CreateRepository', 'repositoryName', (repositoryName) => ({ repositoryName }), text(256), text(257)],
  ['CreateRepository', 'repositoryName', (repositoryName) => ({ repositoryName }), 'ab', 'a'],
  ['CreateRepository', 'repositoryName', (repositoryName) => ({ repositoryName }), 'a/b--c__d.e', 'a//b'],
  ['CreateRepository', 'repositoryName', (repositoryName) => ({ repositoryName }), 'team', 'Team'],
]);

limits('eventbridge', 'ValidationException', [
  ['PutRule', 'name', (Name) => ({ Name }), text(64), text(65)],
  ['PutRule', 'name', (Name) => ({ Name }), 'a.b-c_d', 'a b'],
  ['PutEvents', 'entries', (count: number) => ({ Entries: list(count, () => entry) }), 10, 11],
  ['PutEvents', 'entries', (Entries) => ({ Entries }), [entry], []],
]);

limits('kms', 'ValidationException', [
  ['ScheduleKeyDeletion', 'pendingWindowInDays', (v) => ({ KeyId: 'k', PendingWindowInDays: v }), 30, 31],
  ['ScheduleKeyDeletion', 'pendingWindowInDays', (v) => ({ KeyId: 'k', PendingWindowInDays: v }), 7, 6],
  ['Encrypt', 'plaintext', (size: number) => ({ KeyId: 'k', Plaintext: bytes(size) }), 4_096, 4_097],
  ...['GenerateMac', 'VerifyMac'].flatMap((operation): Case[] => {
    const sized = (size: number) =>
      message({ Message: bytes(size), ...(operation === 'VerifyMac' && { Mac: bytes(32) }) });
    return [
      [operation, 'message', sized, 4_096, 4_097],
      [operation, 'message', sized, 1, 0],
    ];
  }),
]);

limits('codebuild', 'InvalidInputException', [
  ['CreateProject', 'name', project, text(150), text(151)],
  ['CreateProject', 'name', project, 'ab', 'a'],
  ['CreateProject', 'name', project, 'a-b_c', '-ab'],
]);

limits('sfn', 'ValidationException', [
  ...['CreateStateMachine', 'StartExecution'].flatMap((operation): Case[] => {
    const named = (name: string) =>
      operation === 'CreateStateMachine'
        ? { name, definition: '{}', roleArn: ROLE }
        : { name, stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:m' };
    return [
      [operation, 'name', named, text(80), text(81)],
      [operation, 'name', named, 'a', ''],
    ];
  }),
  [
    'GetExecutionHistory',
    'maxResults',
    (maxResults) => ({ executionArn: 'arn:aws:states:us-east-1:123456789012:execution:m:e', maxResults }),
    1_000,
    1_001,
  ],
]);

// SNS answers with its own sentence, without the field's path and the value.
test.each([text(257), 'a b', ''])('sns CreateTopic %s', (Name) => {
  const model = findModel('sns')!;
  expect(() => assertValid(model, 'CreateTopic', { Name: text(256) })).not.toThrow();
  const refused = () => assertValid(model, 'CreateTopic', { Name });
  expect(refused).toThrow(expect.objectContaining({ name: 'InvalidParameter' }));
  expect(refused).toThrow('Invalid parameter: Topic Name');
});

test('the names of environment variables of lambda', () => {
  const model = findModel('lambda')!;
  const request = (name: string) => configuration({ Environment: { Variables: { [name]: 'v' } } });
  const check = (name: string) => assertValid(model, 'UpdateFunctionConfiguration', request(name));
  expect(() => check('KEY_1')).not.toThrow();
  for (const name of ['1KEY', 'A', 'A-B']) {
    expect(() => check(name)).toThrow(expect.objectContaining({ name: 'ValidationException' }));
    expect(() => check(name)).toThrow("at 'environment.variables' failed to satisfy constraint: Map keys");
  }
});
