import { initialState } from '../../../src/services/sagemaker/state';
import { admitTraining } from '../../../src/services/sagemaker/quota-usage';
import { Quotas } from '../../../src/services/servicequotas/quotas';

const SPOT = 'ml.m5.large for spot training job usage';
const quotasOf = (servicequotas: Record<string, number>) => new Quotas({ settings: { servicequotas } });

test('SageMaker refuses instances over a quota, with its own message', () => {
  const job = { ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1 } };
  const context = { quotas: quotasOf({ [SPOT]: 1 }), state: initialState() };
  admitTraining(context, job.ResourceConfig, true);
  context.state.trainingJobs.a = {
    ...{ TrainingJobStatus: 'InProgress', EnableManagedSpotTraining: true, ...job },
  } as (typeof context.state.trainingJobs)[string];
  expect(() => admitTraining(context, job.ResourceConfig, true)).toThrow(
    `The account-level service limit '${SPOT}' is 1 Instances, with current utilization of 1 Instances and a request delta of 1 Instances.`,
  );
  // This is another quota.
  admitTraining(context, job.ResourceConfig, false);
});

test.each([
  [{ 'ml.m5.large for fun': 1 }, /"ml.m5.large for fun" is not known/],
  [{ [SPOT]: -1 }, /is -1; allowed is 0 or a greater/],
])('the quotas %j are refused', (quotas, message) => {
  expect(() => quotasOf(quotas)).toThrow(message);
});
