import { FaultPlanError } from '../../src/faults/check';
import type { FaultPlan } from '../../src/faults/rules';
import { serviceFault } from '../../src/faults/service-errors';
import { s3 } from '../../src/services/s3';
import { sagemaker } from '../../src/services/sagemaker';
import { findModel, SERVICES } from '../../src/services';
import { testCloud, type TestCloud } from '../support/test-cloud';

let here: TestCloud;
beforeAll(async () => (here = await testCloud([s3, sagemaker])));
afterAll(() => here.close());

const call = { service: 'sagemaker', operation: 'CreateTrainingJob' };
const job = { kind: 'training' };

test.each<[string, unknown, string]>([
  ['no plan', [], 'the plan is []; it must be an object with rules'],
  ['no rules', {}, 'rules is missing; it must be a list of rules'],
  ['an unknown field', { rules: [{ call, fault: 'throttling', when: 1 }] }, "rules[0] has no field 'when'"],
  ['no subject', { rules: [{ fault: 'throttling' }] }, 'exactly one of call, job, delivery'],
  ['two subjects', { rules: [{ call, job, fault: 'crash' }] }, 'rules[0] has call and job'],
  [
    'an unknown service',
    { rules: [{ call: { service: 'SageMaker' }, fault: 'throttling' }] },
    'rules[0].call.service is "SageMaker"; it must be one of s3, sagemaker',
  ],
  [
    'an unknown operation',
    { rules: [{ call: { ...call, operation: 'CreateTraining' }, fault: 'throttling' }] },
    'rules[0].call.operation is "CreateTraining"; it must be one of AddTags, CreateEndpoint,',
  ],
  [
    'an unknown member',
    { rules: [{ call: { ...call, input: { JobName: '*' } }, fault: 'throttling' }] },
    "rules[0].call.input has no field 'JobName'; allowed: TrainingJobName,",
  ],
  [
    'members without an operation',
    { rules: [{ call: { service: 's3', input: { Key: '*' } }, fault: 'throttling' }] },
    'rules[0].call.input needs rules[0].call.operation',
  ],
  [
    'capacity of a service that has none',
    { rules: [{ call: { service: 's3' }, fault: 'capacity' }] },
    'rules[0].fault is "capacity"; it must be one of throttling, internalError, accessDenied, timeout, lostResponse',
  ],
  ['a job’s fault of a call', { rules: [{ call, fault: 'crash' }] }, 'rules[0].fault is "crash"'],
  [
    'a fault of another kind of job',
    { rules: [{ job: { kind: 'processing' }, fault: 'spotInterruption' }] },
    'rules[0].fault is "spotInterruption"; it must be one of capacity, internalError, crash,',
  ],
  ['a model of a training job', { rules: [{ job: { ...job, model: 'm' }, fault: 'crash' }] }, 'job.model'],
  [
    'an answer of a training job',
    { rules: [{ job, fault: { answer: { status: 500 } } }] },
    'set for the kinds endpoint and transform only',
  ],
  ['exit code 0', { rules: [{ job, fault: { exitCode: 0 } }] }, 'a whole number from 1 to 255'],
  ['HTTP status 99', { rules: [{ call, fault: { error: 'E', status: 99 } }] }, 'from 200 to 599'],
  ['a jump back', { rules: [{ call, fault: { clockJump: -1 } }] }, 'a number of seconds above 0'],
  ['the 0th', { rules: [{ call, fault: 'throttling', nth: 0 }] }, 'rules[0].nth is 0'],
  ['nth with times', { rules: [{ call, fault: 'throttling', nth: 1, times: 2 }] }, 'cannot be combined'],
  ['another delivery fault', { rules: [{ delivery: {}, fault: 'lost' }] }, 'one of duplicate'],
])('%s is refused', (_, plan, message) => {
  expect(() => here.cloud.faults.set(plan as FaultPlan)).toThrow(FaultPlanError);
  expect(() => here.cloud.faults.set(plan as FaultPlan)).toThrow(message);
});

test('a cloud with a plan that is not valid does not start', async () => {
  const faults = { rules: [{ call: { service: 'nope' }, fault: 'throttling' as const }] };
  await expect(testCloud([s3], { faults })).rejects.toThrow('rules[0].call.service is "nope"');
});

test('the error of a fault is one of the service’s model, or one that all services have', () => {
  const COMMON =
    /^(ThrottlingException|Throttling|InternalFailure|SlowDown|InternalError|RequestLimitExceeded)$/;
  const strangers = SERVICES.flatMap((definition) => {
    if (!('create' in definition)) return [];
    const model = findModel(definition.id)!;
    return (['throttling', 'internalError'] as const).flatMap((kind) => {
      const { code } = serviceFault(kind, model);
      const known = [...model.errors].some(([name, { queryCode }]) => name === code || queryCode === code);
      return known || COMMON.test(code) ? [] : [`${definition.id}: ${code}`];
    });
  });
  expect(strangers).toEqual([]);
});
