import type { JsonObject } from 'local-cloud/testing';
import { failWith, SERVING, trainingJob, type Answer } from './dry-run';
import { DEPLOYED, replacing, type Ending } from './endings';
import { lost as lostChampion } from './restore-endings';

/** States that start a job, with its kind. */
const JOBS = {
  'Preprocess shard': 'Processing',
  'Evaluate model': 'Processing',
  'Train model': 'Training',
  'Train model on demand': 'Training',
} as const;
type JobState = keyof typeof JOBS;

const taken = failWith('SageMaker.ResourceInUseException', 'a job with this name already exists');
const withoutSpot = failWith('States.TaskFailed', '{"FailureReason":"CapacityError: no instance"}');

/** Answers of a description: `InProgress` at the first look, then the status. */
function described(state: JobState, status: string, created = '2026-01-01T00:00:01.000Z'): Answer {
  const kind = JOBS[state];
  const looked = new Set<string>();
  return ({ arguments: args }) => {
    const name = (args as Record<string, string>)[`${kind}JobName`]!;
    const now = looked.has(name) ? status : 'InProgress';
    looked.add(name);
    const job: JsonObject =
      kind === 'Training'
        ? trainingJob(
            { TrainingJobName: name, OutputDataConfig: { S3OutputPath: 's3://artifacts-bucket/' } },
            now,
          )
        : { ProcessingJobName: name, ProcessingJobStatus: now };
    return { ...job, CreationTime: created, ...(now === 'Failed' && { FailureReason: 'label is unknown' }) };
  };
}

const lost = (state: JobState, description: Answer): Record<string, Answer> => ({
  ...(state === 'Train model on demand' && { 'Train model': withoutSpot }),
  [state]: taken,
  [`Look at job of "${state}"`]: description,
});

const looks = (state: JobState) => [
  ...[state, `Look at job of "${state}"`, `Job of "${state}" ended?`, `Wait for job of "${state}"`],
];

const ofJobs = (Object.keys(JOBS) as JobState[]).flatMap((state): [string, Ending][] => [
  [
    `the answer to the start of "${state}" is lost`,
    {
      ...replacing,
      answers: lost(state, described(state, 'Completed')),
      status: 'SUCCEEDED',
      through: [...looks(state), `Keep job of "${state}"`, ...DEPLOYED],
      never: [`Job of "${state}" failed`, ...(state === 'Train model' ? ['Train model on demand'] : [])],
      serves: 'candidate',
    },
  ],
  [
    `it is lost, and the job of "${state}" fails`,
    {
      ...replacing,
      answers: lost(state, described(state, 'Failed')),
      status: 'FAILED',
      error: 'JobFailed',
      cause: /"FailureReason":"label is unknown"/,
      through: [...looks(state), `Job of "${state}" failed`],
      never: ['Create model', ...(state === 'Train model' ? ['Train model on demand'] : [])],
      serves: 'champion',
    },
  ],
  [
    `a job of the name of "${state}" is older than the run`,
    {
      ...replacing,
      answers: lost(state, described(state, 'Completed', '2025-12-01T00:00:00.000Z')),
      status: 'FAILED',
      error: 'SageMaker.ResourceInUseException',
      cause: /already exists/,
      through: [state, `Look at job of "${state}"`, `No job of "${state}"`],
      never: [`Keep job of "${state}"`, 'Create model'],
      serves: 'champion',
    },
  ],
]);

const outOfTime = (state: JobState, next: string): [string, Ending] => [
  `"${state}" runs out of time`,
  {
    ...replacing,
    answers: { [state]: () => ({ ProcessingJobStatus: 'Stopped' }) },
    status: 'FAILED',
    error: 'JobIncomplete',
    cause: /ended as Stopped instead of Completed.*maxRuntimeMinutes/,
    through: [state, `"${state}" completed?`, `"${state}" incomplete`],
    never: [next],
    serves: 'champion',
  },
];

/** The call took effect, and its second attempt is refused. */
const refusedAfter =
  (words: string, effect: (...parameters: Parameters<Answer>) => void): Answer =>
  (request, world) => {
    effect(request, world);
    return failWith('SageMaker.SageMakerException', words)(request, world);
  };

const updated = refusedAfter('Cannot update in-progress endpoint "arn"', ({ arguments: args }, world) => {
  world.endpoint = { status: 'InService', config: (args as Record<string, string>).EndpointConfigName! };
});
const created = (what: string) =>
  refusedAfter(`Cannot create already existing ${what} "arn"`, ({ arguments: args, stateName }, world) => {
    if (/^Create (champion )?endpoint$/.test(stateName))
      world.endpoint = { status: 'InService', config: (args as Record<string, string>).EndpointConfigName! };
  });
const deleted = refusedAfter('Could not find endpoint "arn"', (_, world) => (world.endpoint = null));
const wrongAnswer = failWith('SmokeTestFailed', 'variant primary: golden request 0');

/** Runs in which an answer to a successful call is lost, and jobs that end before they are done. */
export const LOST_ANSWERS: Readonly<Record<string, Ending>> = {
  ...Object.fromEntries(ofJobs),
  ...Object.fromEntries([outOfTime('Preprocess shard', 'Check data'), outOfTime('Evaluate model', 'Decide')]),
  'answers to the creations of a first model are lost': {
    answers: {
      'Create model': created('model'),
      'Create endpoint configuration': created('endpoint configuration'),
      'Create endpoint': created('endpoint'),
    },
    status: 'SUCCEEDED',
    through: [
      'Create model: done already?',
      'Create endpoint configuration: done already?',
      'Create endpoint: done already?',
      ...DEPLOYED,
    ],
    never: ['Undo deployment'],
    serves: 'candidate',
  },
  'the answer to an update is lost': {
    ...replacing,
    answers: { 'Update endpoint': updated },
    status: 'SUCCEEDED',
    through: ['Update endpoint: done already?', 'Wait for endpoint', ...DEPLOYED],
    never: ['Undo deployment'],
    serves: 'candidate',
  },
  'the answer to the deletion of a failed endpoint is lost': {
    ...replacing,
    endpoint: { ...SERVING, status: 'Failed' },
    answers: { 'Delete failed endpoint': deleted },
    status: 'SUCCEEDED',
    through: ['Delete failed endpoint: done already?', 'Create endpoint', ...DEPLOYED],
    never: ['Undo deployment'],
    serves: 'candidate',
  },
  'the answer to the restoration of the champion is lost': {
    ...replacing,
    answers: { 'Smoke test': wrongAnswer, 'Restore champion': updated },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: ['Restore champion: done already?', 'Wait for champion', 'Delete candidate model'],
    never: ['Record champion'],
    serves: 'champion',
  },
  'answers to what brings the champion back are lost': {
    ...lostChampion({ createModel: true, createConfig: SERVING.config }),
    endpoint: { ...SERVING, status: 'Failed' },
    answers: {
      'Create champion model': created('model'),
      'Create champion configuration': created('endpoint configuration'),
      'Delete lost endpoint': deleted,
      'Create champion endpoint': created('endpoint'),
    },
    restore: true,
    status: 'SUCCEEDED',
    through: [
      'Create champion model: done already?',
      'Create champion configuration: done already?',
      'Delete lost endpoint: done already?',
      'Create champion endpoint: done already?',
      'Champion restored',
    ],
    never: ['Champion not restored'],
    serves: 'champion',
  },
  'the answer to the return to the champion is lost': {
    ...lostChampion(),
    endpoint: { ...SERVING, config: 'by-hand' },
    answers: { 'Return endpoint to champion': updated },
    restore: true,
    status: 'SUCCEEDED',
    through: ['Return endpoint to champion: done already?', 'Champion restored'],
    never: ['Champion not restored'],
    serves: 'champion',
  },
  'the answer to the deletion of a new endpoint is lost': {
    answers: { 'Smoke test': wrongAnswer, 'Delete new endpoint': deleted },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: ['Delete new endpoint: done already?', 'Endpoint gone?', 'Delete candidate model'],
    never: ['Record champion'],
    serves: null,
  },
  // SageMaker goes back to the candidate each time: undoing must end.
  'the champion does not come up again': {
    ...replacing,
    answers: { 'Smoke test': wrongAnswer, 'Restore champion': () => ({}) },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: ['Restore champion', 'Restore champion', 'Restore champion', 'Deployment failed'],
    never: ['Delete candidate model', 'Record champion'],
    serves: 'candidate',
  },
};
