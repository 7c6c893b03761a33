import { IMAGES } from '../../lib/contract/environment';
import type { Decision } from '../../lib/contract/run';
import {
  answerWith,
  CHAMPION,
  dryRun,
  failWith,
  SERVING,
  trainingStopped,
  type Answer,
  type Scenario,
} from './support/dry-run';
import { allStates, definitionOf } from './support/state-machine';
import { dev, synthesise } from './support/synthesis';
import { approval } from './support/variants';
import type { PipelineConfig } from '../../lib/config';
import type { JsonValue } from '../../local/states';

const REJECTED: Decision = {
  accepted: false,
  reason: 'accuracy 0.8000 is below the threshold 0.85',
  metrics: { accuracy: 0.8 },
  accuracyInterval: [0.7, 0.9],
  championAccuracy: null,
};

const payload = (value: unknown): JsonValue => ({ StatusCode: 200, Payload: value as JsonValue });
const answer: Record<string, Answer> = {
  unchanged: (_, { plan }) => payload({ ...plan, changed: false, reason: 'all as it was' }),
  reject: () => payload(REJECTED),
  noImageYet: () => ({ Images: [], Failures: [{ FailureCode: 'ImageNotFound' }] }),
  deny: answerWith({
    approved: false,
    by: 'arn:aws:iam::1:user/ada',
    at: '2026-01-01T00:00:00Z',
    reason: 'too risky',
    message: 'the model was rejected by arn:aws:iam::1:user/ada: too risky',
  }),
  wrongAnswer: failWith('SmokeTestFailed', 'variant primary: golden request 0'),
  /** SageMaker took the endpoint back by itself: InService again, on the old configuration. */
  rollBack: (_, world) => {
    world.endpoint = { ...SERVING };
    return {};
  },
  hang: ({ arguments: args }, world) => {
    world.endpoint = { status: 'Updating', config: (args as Record<string, string>).EndpointConfigName! };
    return {};
  },
};
const capacityError = failWith('States.TaskFailed', '{"FailureReason":"CapacityError: no instance"}');
const denied = failWith(
  'SageMaker.SageMakerException',
  'not authorized to perform sagemaker:DescribeEndpoint',
);

interface Ending extends Scenario {
  /** Default: `dev`. */
  readonly config?: PipelineConfig;
  /** What the cause has to say. Default: anything. */
  readonly cause?: RegExp;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error?: string;
  /** States that must have been entered, in this order; others may stand between. */
  readonly through: readonly string[];
  /** States that must not have been entered. */
  readonly never: readonly string[];
  /** Configuration of the endpoint afterwards: the candidate's, the champion's, or no endpoint. */
  readonly serves: 'candidate' | 'champion' | null;
}

const replacing = { champion: CHAMPION, endpoint: SERVING };
const DEPLOYED = ['Smoke test', 'Record champion', 'Retire old models', 'Report run'];
const REMOVED = ['Delete candidate configuration', 'Delete candidate model', 'Deployment failed'];

const ENDINGS: Record<string, Ending> = {
  'nothing changed': {
    ...replacing,
    answers: { 'Plan run': answer.unchanged! },
    status: 'SUCCEEDED',
    through: ['Plan run', 'Anything changed?', 'Nothing to do'],
    never: ['Build images and train', 'Report run'],
    serves: 'champion',
  },
  'the first model': {
    status: 'SUCCEEDED',
    through: [
      'Preprocess shards',
      'Check data',
      'Train model',
      'Evaluate model',
      'Create endpoint',
      ...DEPLOYED,
    ],
    never: ['Build training image', 'Update endpoint', 'Train model on demand', 'Undo deployment'],
    serves: 'candidate',
  },
  'a better model': {
    ...replacing,
    status: 'SUCCEEDED',
    through: ['Evaluate model', 'Remember configuration', 'Update endpoint', ...DEPLOYED],
    never: ['Create endpoint', 'Undo deployment'],
    serves: 'candidate',
  },
  'no image is built yet': {
    answers: Object.fromEntries(IMAGES.map((image) => [`Find ${image} image`, answer.noImageYet!] as const)),
    status: 'SUCCEEDED',
    through: ['Build training image', 'Find built training image', 'Use training image', ...DEPLOYED],
    never: ['Undo deployment'],
    serves: 'candidate',
  },
  'a model below the gate': {
    ...replacing,
    answers: { Decide: answer.reject! },
    status: 'FAILED',
    error: 'ModelRejected',
    through: ['Decide', 'Good enough?', 'Record rejection', 'Reject model'],
    never: ['Create model', 'Record champion'],
    serves: 'champion',
  },
  'a person approves the model': {
    ...replacing,
    config: approval,
    status: 'SUCCEEDED',
    through: ['Good enough?', 'Ask for approval', 'Approved?', 'Create model', ...DEPLOYED],
    never: ['Record denial'],
    serves: 'candidate',
  },
  'a person rejects the model': {
    ...replacing,
    config: approval,
    answers: { 'Ask for approval': answer.deny! },
    status: 'FAILED',
    error: 'ApprovalDenied',
    cause: /^the model was rejected by arn:aws:iam::1:user\/ada: too risky$/,
    through: ['Ask for approval', 'Approved?', 'Record denial', 'Deny model'],
    never: ['Create model', 'Record champion'],
    serves: 'champion',
  },
  'nobody answers in time': {
    ...replacing,
    config: approval,
    answers: { 'Ask for approval': () => ({}) },
    status: 'FAILED',
    error: 'ApprovalDenied',
    cause: /^nobody answered in 3 days, so the model was rejected$/,
    through: ['Ask for approval', 'Record denial', 'Deny model'],
    never: ['Approved?', 'Create model', 'Record champion'],
    serves: 'champion',
  },
  'nobody could be asked': {
    ...replacing,
    config: approval,
    answers: { 'Ask for approval': failWith('AuthorizationError', 'sns:Publish') },
    status: 'FAILED',
    error: 'AuthorizationError',
    through: ['Ask for approval'],
    never: ['Record denial', 'Create model'],
    serves: 'champion',
  },
  'Spot waited too long': {
    answers: { 'Train model': trainingStopped },
    status: 'SUCCEEDED',
    through: ['Train model', 'Training completed?', 'Train model on demand', ...DEPLOYED],
    never: ['Training failed'],
    serves: 'candidate',
  },
  'Spot has no capacity': {
    answers: { 'Train model': capacityError },
    status: 'SUCCEEDED',
    through: ['Train model', 'No Spot capacity?', 'Train model on demand', ...DEPLOYED],
    never: ['Training failed'],
    serves: 'candidate',
  },
  'the training program fails': {
    ...replacing,
    answers: { 'Train model': failWith('States.TaskFailed', '{"FailureReason":"hyperparameter seed"}') },
    status: 'FAILED',
    error: 'States.TaskFailed',
    through: ['Train model', 'No Spot capacity?', 'Training failed'],
    never: ['Train model on demand', 'Evaluate model'],
    serves: 'champion',
  },
  'training runs out of time on demand too': {
    ...replacing,
    answers: { 'Train model': trainingStopped, 'Train model on demand': trainingStopped },
    status: 'FAILED',
    error: 'TrainingIncomplete',
    through: ['Train model on demand', 'Training on demand completed?', 'Training incomplete'],
    never: ['Evaluate model'],
    serves: 'champion',
  },
  'the endpoint was rolled back': {
    ...replacing,
    answers: { 'Update endpoint': answer.rollBack! },
    status: 'FAILED',
    error: 'DeploymentRolledBack',
    through: ['Update endpoint', 'Endpoint ready?', 'Note rollback', 'Undo deployment', ...REMOVED],
    never: ['Smoke test', 'Restore champion'],
    serves: 'champion',
  },
  'the new model answers wrongly': {
    ...replacing,
    answers: { 'Smoke test': answer.wrongAnswer! },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: ['Smoke test', 'Undo deployment', 'Restore champion', 'Wait for champion', ...REMOVED],
    never: ['Record champion', 'Report run'],
    serves: 'champion',
  },
  'the first model answers wrongly': {
    answers: { 'Smoke test': answer.wrongAnswer! },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: ['Undo deployment', 'Delete new endpoint', 'Endpoint gone?', ...REMOVED],
    never: ['Restore champion', 'Record champion'],
    serves: null,
  },
  'old models cannot be removed': {
    ...replacing,
    answers: { 'Retire old models': failWith('AccessDeniedException', 'not authorized') },
    status: 'SUCCEEDED',
    through: DEPLOYED,
    never: ['Undo deployment'],
    serves: 'candidate',
  },
  'a failed endpoint stands in the way': {
    champion: CHAMPION,
    endpoint: { ...SERVING, status: 'Failed' },
    status: 'SUCCEEDED',
    through: [
      'Delete failed endpoint',
      'Wait for other change',
      'Endpoint absent?',
      'Create endpoint',
      ...DEPLOYED,
    ],
    never: ['Update endpoint'],
    serves: 'candidate',
  },
  'the endpoint is changed by somebody else, for ever': {
    champion: CHAMPION,
    endpoint: { ...SERVING, status: 'Updating' },
    status: 'FAILED',
    error: 'DeploymentFailed',
    through: [
      'Wait for other change',
      'Note blocked endpoint',
      'Undo deployment',
      'Wait for champion',
      ...REMOVED,
    ],
    never: ['Update endpoint', 'Restore champion'],
    serves: 'champion',
  },
  // The endpoint may still use the candidate's configuration: deleting that would make it unusable.
  'the update never ends': {
    ...replacing,
    answers: { 'Update endpoint': answer.hang! },
    status: 'FAILED',
    error: 'DeploymentFailed',
    through: ['Wait for endpoint', 'Note failed deployment', 'Endpoint restored?', 'Deployment failed'],
    never: ['Restore champion', 'Delete candidate configuration', 'Delete candidate model'],
    serves: 'candidate',
  },
  // "Access denied" must not read as "there is no endpoint".
  'the endpoint may not be looked at': {
    ...replacing,
    answers: { 'Find endpoint': denied },
    status: 'FAILED',
    error: 'SageMaker.SageMakerException',
    through: ['Find endpoint', 'Endpoint absent?', 'Undo deployment', ...REMOVED],
    never: ['Create endpoint', 'Update endpoint'],
    serves: 'champion',
  },
  'the model cannot be created': {
    ...replacing,
    answers: { 'Create model': failWith('SageMaker.ValidationException', 'no such artifact') },
    status: 'FAILED',
    error: 'SageMaker.ValidationException',
    through: ['Create model', 'Undo deployment', ...REMOVED],
    never: ['Create endpoint configuration', 'Restore champion', 'Delete new endpoint'],
    serves: 'champion',
  },
};

const entered = new Map<PipelineConfig, Set<string>>([
  [dev, new Set()],
  [approval, new Set()],
]);

describe('the synthesised workflow, when', () => {
  test.each(Object.entries(ENDINGS))(
    '%s',
    async (_, { config = dev, status, error, cause = /\w/, through, never, serves, ...scenario }) => {
      const run = await dryRun(config, scenario);
      run.entered.forEach((name) => entered.get(config)!.add(name));

      expect([run.status, run.error, run.cause]).toEqual([
        status,
        error,
        error ? expect.stringMatching(cause) : undefined,
      ]);
      expect(inOrder(run.entered, through)).toEqual(through);
      expect(run.entered.filter((name) => never.includes(name))).toEqual([]);
      const configs = { candidate: run.plan.names.endpointConfig, champion: SERVING.config };
      expect(run.endpoint?.config ?? null).toBe(serves && configs[serves]);
    },
  );

  test('taken together, these go through every state', () => {
    const names = allStates(definitionOf(synthesise(dev))).map(([name]) => name);
    const asking = allStates(definitionOf(synthesise(approval))).map(([name]) => name);
    const own = asking.filter((name) => !names.includes(name));
    expect(own.sort()).toEqual(['Approved?', 'Ask for approval', 'Deny model', 'Record denial']);
    expect(names.filter((name) => !entered.get(dev)!.has(name))).toEqual([]);
    expect(own.filter((name) => !entered.get(approval)!.has(name))).toEqual([]);
  });
});

/** Those of `wanted` that occur in `names`, each after the one before. */
function inOrder(names: readonly string[], wanted: readonly string[]): string[] {
  let from = 0;
  return wanted.filter((name) => {
    const at = names.indexOf(name, from);
    if (at >= 0) from = at + 1;
    return at >= 0;
  });
}
