import { actionExists, actionFacts, managedPolicy, Policy, unknownActions } from '../../src/iam';

test.each<[string, boolean]>([
  ['*', true],
  ['s3:GetObject', true],
  ['S3:getobject', true],
  ['s3:GetObjekt', false],
  ['s3:Get*', true],
  ['s3:?etObject', true],
  ['s3:Fetch*', false],
  ['s3:constructor', false],
  ['nosuchservice:Get', false],
  ['nosuchservice:*', false],
  ['../actions/s3:GetObject', false],
  ['s3', false],
])('action %s exists: %s', (action, expected) => {
  expect(actionExists(action)).toBe(expected);
});

test('an action with resources names their ARNs', () => {
  const facts = actionFacts('sagemaker:createtrainingjob');
  expect(facts?.action).toBe('sagemaker:CreateTrainingJob');
  expect(facts?.conditionKeys).toContain('sagemaker:VolumeKmsKeyArn');
  expect(facts?.resourceTypes).toContainEqual(
    expect.objectContaining({
      name: 'training-job',
      required: true,
      arn: 'arn:${Partition}:sagemaker:${Region}:${Account}:training-job/${TrainingJobName}',
    }),
  );
});

test('an action without resource-level permissions has no resource types', () => {
  expect(actionFacts('ecr:GetAuthorizationToken')?.resourceTypes).toEqual([]);
});

test('an action that AWS does not have has no facts', () => {
  expect(actionFacts('s3:GetObjekt')).toBeUndefined();
  expect(actionFacts('nosuchservice:Get')).toBeUndefined();
});

test('the unknown actions of a policy, each once', () => {
  const document = {
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjekt'], Resource: '*' },
      { Effect: 'Deny', NotAction: ['s3:GetObjekt', 'kms:*', 'kmz:*'], Resource: '*' },
    ],
  };
  expect(unknownActions(Policy.parse('P', document, 'identity'))).toEqual(['s3:GetObjekt', 'kmz:*']);
});

test.each([
  'AdministratorAccess',
  'AWSXRayDaemonWriteAccess',
  'service-role/AWSLambdaBasicExecutionRole',
  'service-role/AWSLambdaVPCAccessExecutionRole',
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs',
])('the managed policy %s is a valid policy', (name) => {
  const document = managedPolicy(`arn:aws:iam::aws:policy/${name}`);
  expect(() => Policy.parse(name, document, 'identity', { checkActions: true })).not.toThrow();
});

test.each([
  'arn:aws:iam::aws:policy/NoSuchPolicy',
  'arn:aws:iam::aws:policy/toString',
  'arn:aws:iam::123456789012:policy/AdministratorAccess',
])('%s is not known', (arn) => {
  expect(managedPolicy(arn)).toBeUndefined();
});
