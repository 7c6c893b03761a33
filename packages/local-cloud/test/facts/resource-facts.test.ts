import {
  attributes,
  propertyNames,
  replacedBy,
  replacedWithin,
  requiredProperties,
  sometimesReplacedBy,
} from '../../src/facts/resource-facts';

test('properties, required ones, attributes', () => {
  expect(propertyNames('AWS::SSM::Parameter')).toEqual(
    expect.arrayContaining(['AllowedPattern', 'Name', 'Type', 'Value']),
  );
  expect(requiredProperties('AWS::SSM::Parameter')).toEqual(['Type', 'Value']);
  expect(attributes('AWS::IAM::Role')).toEqual(['Arn', 'RoleId']);
});

test('a value that only AWS sets is not a property', () => {
  expect(propertyNames('AWS::IAM::Role')).not.toContain('Arn');
});

test.each<[string, string[]]>([
  ['AWS::Logs::LogGroup', ['LogGroupName']],
  ['AWS::IAM::Role', ['Path', 'RoleName']],
  ['AWS::StepFunctions::StateMachine', ['StateMachineName', 'StateMachineType']],
  // Only the documentation has this fact, not the schema.
  ['AWS::S3::Bucket', ['BucketName', 'ObjectLockEnabled']],
])('%s is replaced by a change of %j', (type, names) => {
  expect(replacedBy(type)).toEqual(expect.arrayContaining(names));
});

test('replacement by a part of a property, and only in some cases', () => {
  expect(replacedWithin('AWS::FSx::FileSystem')).toContain('LustreConfiguration/DeploymentType');
  expect(sometimesReplacedBy('AWS::EC2::VPC')).toEqual(['InstanceTenancy']);
  expect(replacedBy('AWS::EC2::VPC')).not.toContain('InstanceTenancy');
});

test('a type that the local cloud does not have has no facts', () => {
  expect(propertyNames('AWS::RDS::DBInstance')).toEqual([]);
  expect(replacedBy('constructor')).toEqual([]);
});
