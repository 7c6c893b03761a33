import { LOST_ANSWERS } from './support/lost-answers';
import type { JsonObject } from 'local-cloud/testing';
import { IMAGES } from '../../lib/contract/environment';
import type { Decision } from '../../lib/contract/run';
import { failWith, SERVING, trainingStopped, type Answer } from './support/dry-run';
import { DEPLOYED, expectEnding, payload, replacing, type Ending } from './support/endings';
import { lost, RESTORE_ENDINGS } from './support/restore-endings';
import { allStates, definitionOf } from './support/state-machine';
import { dev, synthesise } from './support/synthesis';

const REJECTED: Decision = {
  accepted: false,
  reason: 'accuracy 0.8000 is below the threshold 0.85',
  metrics: { accuracy: 0.8 },
  headline: { name: 'accuracy', value: 0.8, interval: [0.7, 0.9], naive: 0.6, champion: null },
};

const answer: Record<string, Answer> = {
  unchanged: (_, { plan }) => payload({ ...plan, changed: false, reason: 'all as it was' }),
  reject: () => payload(REJECTED),
  noImageYet: () => ({ Images: [], Failures: [{ FailureCode: 'ImageNotFound' }] }),
  ociIndex: () => ({
    Images: [
      {
        ImageId: { ImageDigest: 'sha256:11' },
        ImageManifestMediaType: 'application/vnd.oci.image.index.v1+json',
      },
    ],
    Failures: [],
  }),
  wrongAnswer: failWith('SmokeTestFailed', 'variant primary: golden request 0'),
  /** SageMaker rolled the endpoint back: InService on the old configuration. */
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

/** The first look is throttled, the next one is not. */
function throttledOnce(): Answer {
  let looks = 0;
  return (request, world) =>
    looks++ === 0 ? failWith('SageMaker.SageMakerException', 'Rate exceeded')(request, world) : undefined;
}

/** A log group with a retention. */
const LIMITED: JsonObject[] = [{ LogGroupName: 'another', RetentionInDays: 7 }];
const REMOVED = ['Delete candidate configuration', 'Delete candidate model', 'Deployment failed'];

const ENDINGS: Record<string, Ending> = {
  ...RESTORE_ENDINGS,
  'nothing changed': {
    ...replacing,
    answers: { 'Plan run': answer.unchanged! },
    status: 'SUCCEEDED',
    through: ['Plan run', 'Anything changed?', 'Nothing to do'],
    never: ['Build images and train', 'Report run'],
    serves: 'champion',
  },
  'an image of a type that SageMaker does not host': {
    ...replacing,
    answers: { 'Find inference image': answer.ociIndex! },
    status: 'FAILED',
    error: 'ImageUnavailable',
    cause:
      /^The inference image \S+ has the media type application\/vnd\.oci\.image\.index\.v1\+json; must be .*: delete it/,
    through: ['Find inference image', 'Inference image exists?', 'Refuse inference image'],
    never: ['Build inference image', 'Create model'],
    serves: 'champion',
  },
  'a build that pushes an image of such a type': {
    ...replacing,
    answers: { 'Find training image': answer.noImageYet!, 'Find built training image': answer.ociIndex! },
    status: 'FAILED',
    error: 'ImageUnavailable',
    through: ['Build training image', 'Find built training image', 'Refuse training image'],
    never: ['Train model'],
    serves: 'champion',
  },
  'a build that succeeds without an image': {
    ...replacing,
    answers: {
      'Find preprocessing image': answer.noImageYet!,
      'Find built preprocessing image': answer.noImageYet!,
    },
    status: 'FAILED',
    error: 'ImageUnavailable',
    cause: /^The preprocessing image \S+ does not exist although its build succeeded/,
    through: ['Build preprocessing image', 'Find built preprocessing image', 'Refuse preprocessing image'],
    never: ['Preprocess shards'],
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
    through: ['Train model', 'Worth trying on demand?', 'Train model on demand', ...DEPLOYED],
    never: ['Training failed'],
    serves: 'candidate',
  },
  'the training program fails': {
    ...replacing,
    answers: { 'Train model': failWith('States.TaskFailed', '{"FailureReason":"hyperparameter seed"}') },
    status: 'FAILED',
    error: 'States.TaskFailed',
    through: ['Train model', 'Worth trying on demand?', 'Training failed'],
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
  'there is a failed endpoint': {
    ...replacing,
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
  'the endpoint is updated by another caller, without end': {
    ...replacing,
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
  'describing the endpoint is denied': {
    ...replacing,
    answers: { 'Find endpoint': denied },
    status: 'FAILED',
    error: 'SageMaker.SageMakerException',
    through: [
      ...Array<string>(4).fill('Wait for next try of "Find endpoint"'),
      ...['Endpoint absent?', 'Undo deployment', ...REMOVED],
    ],
    never: ['Create endpoint', 'Update endpoint'],
    serves: 'champion',
  },
  'looks at the endpoint are throttled': {
    ...replacing,
    answers: {
      'Find endpoint': throttledOnce(),
      'Describe endpoint': throttledOnce(),
      'Look at endpoint': throttledOnce(),
      'Smoke test': failWith('SmokeTestFailed', 'variant primary: golden request 0'),
    },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: [
      ...['Find', 'Describe', 'Look at'].map((look) => `Wait for next try of "${look} endpoint"`),
      ...['Restore champion', ...REMOVED],
    ],
    never: ['Create endpoint'],
    serves: 'champion',
  },
  'looks at a lost endpoint are throttled': {
    ...lost(),
    endpoint: { ...SERVING, status: 'Failed' },
    answers: { 'Look at production': throttledOnce(), 'Find endpoint to restore': throttledOnce() },
    restore: true,
    status: 'SUCCEEDED',
    through: [
      'Wait for next try of "Look at production"',
      'Wait for next try of "Find endpoint to restore"',
      'Champion restored',
    ],
    never: ['Train model'],
    serves: 'champion',
  },
  // Nobody creates it meanwhile.
  'there is no endpoint, and a first model is deployed': {
    status: 'SUCCEEDED',
    through: ['Find endpoint', 'Endpoint absent?', 'Create endpoint', ...DEPLOYED],
    never: ['Wait for next try of "Find endpoint"'],
    serves: 'candidate',
  },
  'a job log would be kept for ever': {
    answers: {
      'Find job log': ({ arguments: args }) => ({
        LogGroups: [...LIMITED, { LogGroupName: (args as Record<string, string>).LogGroupNamePrefix! }],
      }),
      'Evaluate model': failWith('States.TaskFailed', '{"FailureReason":"AlgorithmError: no holdout"}'),
    },
    status: 'FAILED',
    error: 'States.TaskFailed',
    through: ['Job log limited?', 'Limit job log', 'Build images and train'],
    never: ['Create job log', 'Keep job log', 'Report run'],
    serves: null,
  },
  'no job has written a log yet': {
    ...replacing,
    answers: {
      'Find job log': () => ({ LogGroups: LIMITED }),
      'Create job log': ({ arguments: args }, world) => {
        const { LogGroupName } = args as Record<string, string>;
        if (!LogGroupName!.includes('Training')) return {};
        return failWith('CloudWatchLogs.ResourceAlreadyExistsException', 'just now')({} as never, world);
      },
    },
    status: 'SUCCEEDED',
    through: ['Find job log', 'Create job log', 'Limit job log', 'Preprocess shards', 'Report run'],
    never: ['Keep job log'],
    serves: 'candidate',
  },
  'a job log has a retention already, or cannot have one': {
    ...replacing,
    answers: {
      'Find job log': ({ arguments: args }, world) => {
        const { LogGroupNamePrefix: LogGroupName } = args as Record<string, string>;
        if (LogGroupName!.includes('Training')) return failWith('Throttling', 'later')({} as never, world);
        return { LogGroups: [{ LogGroupName: LogGroupName!, RetentionInDays: 7 }] };
      },
    },
    status: 'SUCCEEDED',
    through: ['Limit job logs', 'Keep job log', 'Build images and train', 'Report run'],
    never: ['Limit job log', 'Create job log', 'Undo deployment'],
    serves: 'candidate',
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

const entered = new Set<string>();

describe('the synthesised workflow, when', () => {
  test.each(Object.entries({ ...ENDINGS, ...LOST_ANSWERS }))('%s', async (_, ending) => {
    const run = await expectEnding(dev, ending);
    run.entered.forEach((name) => entered.add(name));
  });

  test('together these enter every state', () => {
    const names = allStates(definitionOf(synthesise(dev))).map(([name]) => name);
    expect(names.filter((name) => !entered.has(name))).toEqual([]);
  });
});
