import { typedProperties } from '../../src/facts/resource-values';

test.each<[type: string, written: object, typed: object]>([
  ['AWS::CloudWatch::Alarm', { Period: '60', Threshold: '0.5' }, { Period: 60, Threshold: 0.5 }],
  ['AWS::CloudWatch::Alarm', { ActionsEnabled: 'True' }, { ActionsEnabled: true }],
  [
    'AWS::Lambda::Function',
    { MemorySize: '256', Environment: { Variables: { PORT: 8080, DEBUG: false } } },
    { MemorySize: 256, Environment: { Variables: { PORT: '8080', DEBUG: 'false' } } },
  ],
  ['AWS::SSM::Parameter', { Value: 8080 }, { Value: '8080' }],
  [
    'AWS::S3::Bucket',
    { LifecycleConfiguration: { Rules: [{ Prefix: 1, ExpirationInDays: '5' }] } },
    { LifecycleConfiguration: { Rules: [{ Prefix: '1', ExpirationInDays: 5 }] } },
  ],
  // Several types: a value that has one of them keeps it.
  [
    'AWS::ApiGateway::Method',
    { RequestParameters: { a: true, b: 'true' } },
    { RequestParameters: { a: true, b: 'true' } },
  ],
  ['AWS::SNS::TopicPolicy', { PolicyDocument: { Version: 5 } }, { PolicyDocument: { Version: 5 } }],
  // Values that do not fit, which the checks refuse.
  ['AWS::CloudWatch::Alarm', { Period: 'often' }, { Period: 'often' }],
  ['Custom::Type', { A: '1' }, { A: '1' }],
])('%s %j', (type, written, typed) => {
  expect(typedProperties(type, { ...written })).toEqual(typed);
});
