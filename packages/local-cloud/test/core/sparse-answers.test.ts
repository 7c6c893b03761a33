import { getsSparse, sparseAnswer } from '../../src/core/sparse-answers';
import type { Principal } from '../../src/core/principals';
import { serviceModel } from '../../src/model/service-model';
import { sagemaker } from '../../src/services/sagemaker';

const output = (operation: string) => serviceModel(sagemaker).operations.get(operation)!.output;

test('an answer keeps what the model requires, at every depth, and what says why', () => {
  const job = {
    TrainingJobName: 'n',
    TrainingJobArn: 'arn',
    TrainingJobStatus: 'Failed',
    SecondaryStatus: 'Failed',
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    ModelArtifacts: { S3ModelArtifacts: 's3://b/k' },
    CreationTime: new Date(0),
    FailureReason: 'no memory',
    RoleArn: 'role',
    Environment: { A: '1' },
  };
  const { RoleArn: _role, Environment: _environment, ...rest } = job;
  expect(sparseAnswer(output('DescribeTrainingJob'), job)).toEqual({ ...rest, StoppingCondition: {} });
});

test('lists keep their entries', () => {
  const summary = {
    EndpointName: 'e',
    EndpointArn: 'a',
    CreationTime: new Date(0),
    LastModifiedTime: new Date(0),
  };
  const Endpoints = [{ ...summary, EndpointStatus: 'InService' }];
  expect(sparseAnswer(output('ListEndpoints'), { Endpoints, NextToken: 't' })).toEqual({ Endpoints });
});

test.each<[string, string, Partial<Principal>, boolean]>([
  ['a role', 'sagemaker', { kind: 'role', roleArn: 'arn:aws:iam::1:role/own' }, true],
  [
    'a service’s own role',
    'sagemaker',
    { kind: 'role', roleArn: 'arn:aws:iam::1:role/aws-service-role/x/y' },
    false,
  ],
  ['the operator', 'sagemaker', { kind: 'operator' }, false],
  [
    'a role, of a service without required members',
    'ssm',
    { kind: 'role', roleArn: 'arn:aws:iam::1:role/own' },
    false,
  ],
])('%s gets sparse answers of %s: %j %s', (_, service, principal, expected) => {
  expect(getsSparse(service, principal as Principal)).toBe(expected);
});
