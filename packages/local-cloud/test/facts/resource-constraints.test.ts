import { propertyProblems, propertyRefusal } from '../../src/facts/resource-constraints';

const trust = { Version: '2012-10-17', Statement: [] };
const project = {
  Artifacts: { Type: 'NO_ARTIFACTS' },
  Environment: { ComputeType: 'BUILD_GENERAL1_SMALL', Image: 'image', Type: 'LINUX_CONTAINER' },
  ServiceRole: 'role',
  Source: { Type: 'NO_SOURCE' },
};
const expiring = (ExpirationInDays: unknown) => ({
  LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays }] },
});

/** Properties, the check that refuses them, and its message. */
test.each<[string, object, 'schema' | 'service' | 'documentation', string]>([
  [
    'AWS::Logs::LogGroup',
    { RetentionInDays: 2 },
    'schema',
    '#/RetentionInDays: #: only 1 subschema matches out of 2\n#/RetentionInDays: failed validation constraint for keyword [enum]',
  ],
  [
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: trust, MaxSessionDuration: 50_000 },
    'service',
    "Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200",
  ],
  [
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: trust, RoleName: 'r'.repeat(65) },
    'service',
    "Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
  ],
  [
    'AWS::CodeBuild::Project',
    { ...project, TimeoutInMinutes: 3 },
    'documentation',
    "Value '3' at 'timeoutInMinutes' failed to satisfy constraint: Member must have value greater than or equal to 5",
  ],
  [
    'AWS::S3::Bucket',
    expiring(-1),
    'documentation',
    "'Days' for Expiration action must be a positive integer",
  ],
  [
    'AWS::S3::Bucket',
    expiring('0'),
    'documentation',
    "'Days' for Expiration action must be a positive integer",
  ],
  ['AWS::SNS::Topic', { TopicName: 'a b' }, 'documentation', 'Invalid parameter: Topic Name'],
  ['AWS::IAM::Role', {}, 'schema', '#: required key [AssumeRolePolicyDocument] not found'],
  ['AWS::Logs::LogGroup', { Retention: 7 }, 'schema', '#: extraneous key [Retention] is not permitted'],
  ['AWS::S3::Bucket', { Bucket: 'b' }, 'schema', 'Encountered unsupported property Bucket'],
  [
    'AWS::Logs::LogGroup',
    { Tags: { Key: 'a', Value: 'b' } },
    'schema',
    '#/Tags: expected type: JSONArray, found: JSONObject',
  ],
  [
    'AWS::Logs::LogGroup',
    { RetentionInDays: 'a week' },
    'schema',
    '#/RetentionInDays: expected type: Integer, found: String',
  ],
  [
    'AWS::Logs::LogGroup',
    {
      Tags: [
        { Key: 'a', Value: 'b' },
        { Key: 'k'.repeat(129), Value: 'b' },
      ],
    },
    'schema',
    '#/Tags/1/Key: expected maxLength: 128, actual: 129',
  ],
  ['AWS::Logs::LogGroup', { Tags: [{ Key: 'a' }] }, 'schema', '#/Tags/0: required key [Value] not found'],
  [
    'AWS::Logs::LogGroup',
    { LogGroupName: 'a b' },
    'schema',
    '#/LogGroupName: failed validation constraint for keyword [pattern]',
  ],
  [
    'AWS::Lambda::Permission',
    { Action: 'lambda:InvokeFunction', FunctionName: 'f', Principal: 'p', FunctionUrlAuthType: 'NONE!' },
    'schema',
    '#/FunctionUrlAuthType: #: only 1 subschema matches out of 2\n#/FunctionUrlAuthType: failed validation constraint for keyword [enum]',
  ],
])('%s %j is refused by %s', (type, properties, by, message) => {
  expect(propertyProblems(type, properties)).toEqual([expect.objectContaining({ by, message })]);
});

/** CloudFormation accepts texts for numbers and booleans, and the reverse; functions are not known yet. */
test.each<[string, object]>([
  ['AWS::Logs::LogGroup', { RetentionInDays: '7' }],
  ['AWS::Logs::LogGroup', { RetentionInDays: { Ref: 'Days' } }],
  ['AWS::Logs::LogGroup', { LogGroupName: { 'Fn::Sub': '${AWS::StackName} logs' } }],
  ['AWS::Logs::LogGroup', { Tags: [{ 'Fn::If': ['C', { Key: 'a', Value: 'b' }, { Ref: 'AWS::NoValue' }] }] }],
  ['AWS::KMS::Key', { EnableKeyRotation: 'true', PendingWindowInDays: '7' }],
  ['AWS::S3::Bucket', expiring('30')],
  ['AWS::SSM::Parameter', { Type: 'String', Value: 'v' }],
  [
    'AWS::Lambda::Function',
    {
      Role: 'arn:aws:iam::123456789012:role/r',
      Code: { ZipFile: '' },
      Environment: { Variables: { COUNT: 3 } },
    },
  ],
  [
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: trust, RoleName: 'r'.repeat(64), MaxSessionDuration: 43_200 },
  ],
  ['AWS::CodeBuild::Project', { ...project, TimeoutInMinutes: 2_160 }],
  ['AWS::CDK::Metadata', { Analytics: 'v2' }],
])('no problem: %s %j', (type, properties) => {
  expect(propertyProblems(type, properties)).toEqual([]);
});

test('a value that the caller does not know yet is accepted', () => {
  const isUnknown = (value: unknown) => value === 'later';
  const properties = { RetentionInDays: 'later', Tags: [{ Key: 'later', Value: 'later' }] };
  expect(propertyProblems('AWS::Logs::LogGroup', properties, { isUnknown })).toEqual([]);
  expect(propertyProblems('AWS::Logs::LogGroup', properties)).not.toEqual([]);
});

test('the schema is checked before the service, and all of its violations are reported', () => {
  const properties = { MaxSessionDuration: 1, Name: 'r' };
  expect(propertyRefusal('Role', propertyProblems('AWS::IAM::Role', properties))).toBe(
    'Properties validation failed for resource Role with message:\n#: required key [AssumeRolePolicyDocument] not found\n#: extraneous key [Name] is not permitted',
  );
});

test("the service's violations are reported in one answer", () => {
  const properties = { AssumeRolePolicyDocument: trust, MaxSessionDuration: 1, RoleName: 'r'.repeat(65) };
  expect(propertyRefusal('Role', propertyProblems('AWS::IAM::Role', properties))).toBe(
    "2 validation errors detected: Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600; Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
  );
  expect(propertyRefusal('Bucket', propertyProblems('AWS::S3::Bucket', expiring(0)))).toBe(
    "'Days' for Expiration action must be a positive integer",
  );
  expect(propertyRefusal('Role', [])).toBeUndefined();
});

test('a property with a default is not required', () => {
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  expect(propertyProblems('AWS::S3::Bucket', { NotificationConfiguration })).toEqual([]);
});
