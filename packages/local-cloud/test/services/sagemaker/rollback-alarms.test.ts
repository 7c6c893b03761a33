import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { serving, type Serving } from './serving';

let here: Serving;
beforeAll(async () => (here = await serving(cloudwatch)));
afterEach(() => here.reset());
afterAll(() => here.jobsCloud.close());

test('a new model that fails is rolled back by an alarm on the endpoint’s own metric', async () => {
  const before = await here.config(['good'], { InitialInstanceCount: 2 });
  const EndpointName = await here.endpoint(before);
  const watch = new CloudWatch(here.jobsCloud.here.client);
  await watch.putMetricAlarm({
    AlarmName: 'own-errors',
    Namespace: 'AWS/SageMaker',
    MetricName: 'Invocation5XXErrors',
    Dimensions: [
      { Name: 'EndpointName', Value: EndpointName },
      { Name: 'VariantName', Value: 'v0' },
    ],
    Statistic: 'Average',
    Period: 10,
    EvaluationPeriods: 1,
    Threshold: 0.1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  // Its word makes the model answer 500 to every request.
  const EndpointConfigName = await here.config(['always-bug'], { InitialInstanceCount: 2 });
  await here.client.updateEndpoint({
    EndpointName,
    EndpointConfigName,
    DeploymentConfig: {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          CanarySize: { Type: 'CAPACITY_PERCENT', Value: 50 },
          WaitIntervalInSeconds: 600,
        },
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'own-errors' }] },
    },
  });
  const baking = async () => {
    const { PendingDeploymentSummary } = await here.client.describeEndpoint({ EndpointName });
    return PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status === 'Baking';
  };
  await here.jobsCloud.until(baking);
  here.random = 0.9;
  await expect(here.ask(EndpointName)).rejects.toMatchObject({ name: 'ModelError' });
  here.random = 0;
  expect((await here.ask(EndpointName)).said.word).toBe('good');
  // Metrics arrive in real time; after that, the alarm takes one period and the deployment one check.
  await here.jobsCloud.until(async () => {
    await here.clock.pass(1);
    const { EndpointStatus } = await here.client.describeEndpoint({ EndpointName });
    return EndpointStatus === 'InService';
  });
  expect(await here.client.describeEndpoint({ EndpointName })).toMatchObject({
    EndpointConfigName: before,
    FailureReason: expect.stringContaining('CloudWatch alarm(s) [own-errors] went to ALARM'),
  });
});
