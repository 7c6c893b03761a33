import type { Restoration } from '../../../lib/contract/run';
import { CHAMPION, failWith, SERVING, type Answer } from './dry-run';
import { DEPLOYED, payload, type Ending } from './endings';

export const RESTORATION: Restoration = {
  ...{ reason: 'endpoint "e" does not exist', endpoint: true, configName: CHAMPION.endpointConfigName },
  ...{ createModel: false, createConfig: null, record: false, challenger: null },
};
/** A champion that is not in service. */
export const lost = (changes: Partial<Restoration> = {}) => ({
  champion: CHAMPION,
  production: { restore: { ...RESTORATION, ...changes }, fault: RESTORATION.reason },
});
const OTHER = { status: 'InService', config: 'by-hand' };
const STARTS = [
  'Champion to restore?',
  'Look at production',
  'Wait before restoring',
  'Acquire lock to restore',
];
const ENDS = ['Test restored endpoint', 'Release endpoint lock', 'Report restored champion', 'More to do?'];
const NO_TRAINING = ['Anything changed?', 'Build images and train', 'Record champion', 'Report run'];
const denied = failWith('SageMaker.SageMakerException', 'not authorized to perform sagemaker:CreateEndpoint');

const answer: Record<string, Answer> = {
  createFailed: (_, world) => {
    world.endpoint = { status: 'Failed', config: SERVING.config };
    return {};
  },
  /** SageMaker has another change in progress, which ends while the run looks. */
  updatedMeanwhile: (_, world) => {
    const before = world.endpoint!;
    world.endpoint = OTHER;
    return {
      EndpointStatus: before.status,
      EndpointConfigName: before.config,
      ProductionVariants: [{ VariantName: 'primary' }],
    };
  },
};
const restored = { restore: true, status: 'SUCCEEDED', serves: 'champion', never: NO_TRAINING } as const;

/** Ends of runs that find the champion out of service. */
export const RESTORE_ENDINGS: Record<string, Ending> = {
  'the endpoint was deleted': {
    ...{ ...lost(), ...restored },
    through: [...STARTS, 'Endpoint to create?', 'Create champion endpoint', ...ENDS, 'Champion restored'],
  },
  'the endpoint is failed': {
    ...{ ...lost(), ...restored, endpoint: { ...SERVING, status: 'Failed' } },
    through: [...STARTS, 'Delete lost endpoint', 'Create champion endpoint', ...ENDS, 'Champion restored'],
  },
  'the endpoint is on another configuration': {
    ...{ ...lost(), ...restored, endpoint: OTHER },
    through: [...STARTS, 'Return endpoint to champion', ...ENDS, 'Champion restored'],
  },
  'the endpoint is on another configuration, after an update': {
    ...{ ...lost(), ...restored, endpoint: { ...OTHER, status: 'Updating' } },
    answers: { 'Look at production': answer.updatedMeanwhile! },
    through: ['Look at production', 'Wait for production', ...STARTS.slice(1), ...ENDS, 'Champion restored'],
  },
  'the endpoint is on a configuration that was deleted': {
    ...{ ...lost(), ...restored, endpoint: OTHER },
    answers: {
      'Return endpoint to champion': failWith(
        'SageMaker.SageMakerException',
        'Could not find endpoint configuration "arn"',
      ),
    },
    through: ['Endpoint without configuration?', 'Delete lost endpoint', 'Create champion endpoint', ...ENDS],
  },
  'model and configuration were deleted, and the endpoint serves on': {
    ...lost({ endpoint: false, createModel: true, createConfig: SERVING.config }),
    ...{ ...restored, endpoint: SERVING, never: [...NO_TRAINING, 'Find endpoint to restore'] },
    through: [
      'Create champion model',
      'Create champion configuration',
      'Endpoint to restore?',
      'Champion restored',
    ],
  },
  'others took the names of model and configuration': {
    ...lost({ createModel: true, createConfig: SERVING.config, record: true }),
    ...restored,
    through: [
      'Record restored champion',
      'Create champion model',
      'Create champion configuration',
      'Champion restored',
    ],
  },
  'the endpoint cannot be created': {
    ...{ ...lost(), ...restored, status: 'FAILED', error: 'EndpointNotRestored', serves: null },
    answers: { 'Create champion endpoint': denied },
    cause: /^champion run-0 was not restored \(endpoint "e" does not exist\): not authorized/,
    through: [...STARTS, 'Create champion endpoint', 'Train without champion?', 'Champion not restored'],
  },
  'the restored endpoint fails': {
    ...{ ...lost(), ...restored, status: 'FAILED', error: 'EndpointNotRestored', serves: 'champion' },
    answers: { 'Create champion endpoint': answer.createFailed! },
    cause: /is Failed on configuration/,
    through: ['Create champion endpoint', 'Note unrestored endpoint', 'Champion not restored'],
    never: [...NO_TRAINING, 'Delete lost endpoint'],
  },
  'another run deploys': {
    ...{ ...lost(), ...restored, serves: null },
    answers: {
      'Acquire lock to restore': failWith('DeploymentInProgress', '{"errorMessage":"run-8 is deploying"}'),
    },
    through: ['Acquire lock to restore', 'Leave champion to others', 'Anything changed?', 'Nothing to do'],
    never: ['Create champion endpoint', 'Build images and train'],
  },
  'the endpoint was deleted, and the candidate is rejected': {
    ...lost(),
    answers: {
      Decide: () =>
        payload({
          accepted: false,
          reason: 'too low',
          metrics: {},
          headline: CHAMPION.headline,
          verdicts: [],
        }),
    },
    status: 'FAILED',
    error: 'ModelRejected',
    through: [...STARTS, 'Create champion endpoint', ...ENDS, 'Train model', 'Reject model'],
    never: ['Champion restored'],
    serves: 'champion',
  },
  'the endpoint was deleted, and the candidate is better': {
    ...lost(),
    status: 'SUCCEEDED',
    through: ['Create champion endpoint', ...ENDS, 'Acquire endpoint lock', 'Update endpoint', ...DEPLOYED],
    never: ['Create endpoint', 'Champion restored'],
    serves: 'candidate',
  },
  'the endpoint cannot be created, and the candidate is better': {
    ...lost(),
    answers: { 'Create champion endpoint': denied },
    status: 'SUCCEEDED',
    through: [
      ...['Train without champion?', 'Release lock after failure', 'Keep failure as warning', 'Train model'],
      ...['Create endpoint', ...DEPLOYED],
    ],
    never: ['Champion not restored'],
    serves: 'candidate',
  },
};
