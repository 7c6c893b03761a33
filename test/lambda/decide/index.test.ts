import type { GateDecision } from '../../../lib/contract/gate';
import { fakeClients, setEnvironment } from '../support/fake-clients';
import { alone, gate } from './gate-evaluation';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', GATE: gate });
let handler: typeof import('../../../lambda/decide').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/decide/index.ts')));

const aws = fakeClients();
const EVALUATION = 'runs/run-1/evaluation/evaluation.json';
const DECISION = 'runs/run-1/decision.json';
const finalMetrics = [{ MetricName: 'validation:accuracy', Value: 0.9 }];

test.each([
  [0.9, true],
  [0.5, false],
])('an accuracy of %d: the decision, accepted %s, is stored and returned', async (accuracy, accepted) => {
  aws.bucket('artifacts', { [EVALUATION]: alone(accuracy) }, [DECISION]);
  const decision: GateDecision = await handler({ runId: 'run-1', finalMetrics, warnings: ['w'] });
  expect(decision.warnings).toEqual(['w']);
  expect(decision).toMatchObject({ accepted, headline: { name: 'accuracy', value: accuracy } });
  expect(aws.stored('artifacts', DECISION)).toEqual(decision);
});

test('without the training job’s metrics the handler fails and stores nothing', async () => {
  aws.bucket('artifacts', { [EVALUATION]: alone(0.9) });
  const failed = handler({ runId: 'run-1', finalMetrics: null, warnings: [] });
  await expect(failed).rejects.toMatchObject({ name: 'MetricsMissing' });
  expect(aws.logs).toMatchObject([{ runId: 'run-1', error: 'MetricsMissing' }]);
});

test.each<[string, unknown, RegExp]>([
  ['is not JSON', '{"candidate": NaN}', /evaluation\.json is not JSON .*write null/],
  ['has another form', { ...alone(0.9), candidate: { version: 'c' } }, /candidate\.metrics: /],
  ['lacks a part', { ...alone(0.9), naive: undefined }, /naive: /],
])('an evaluation that %s is a failure with its own name', async (_, stored, message) => {
  aws.bucket('artifacts', { [EVALUATION]: stored });
  const failed = handler({ runId: 'run-1', finalMetrics, warnings: [] });
  await expect(failed).rejects.toMatchObject({ name: 'MetricsMissing' });
  await expect(failed).rejects.toThrow(message);
});

test('without an evaluation the error names the object', async () => {
  aws.bucket('artifacts', { [EVALUATION]: null });
  await expect(handler({ runId: 'run-1', finalMetrics, warnings: [] })).rejects.toThrow(
    `s3://artifacts/${EVALUATION}`,
  );
});
