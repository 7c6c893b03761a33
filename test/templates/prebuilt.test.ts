import type {
  CreateProcessingJobCommandInput,
  CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { checkRequest, type TaskRequest } from 'local-cloud/testing';
import type { PipelineConfig } from '../../lib/config';
import { LambdaVariable } from '../../lib/contract/environment';
import { argumentsOf, CHAMPION, dryRun, failWith, SERVING, type Scenario } from './support/dry-run';
import { DEPLOYED, expectEnding, replacing, type Ending } from './support/endings';
import { allStates, definitionOf } from './support/state-machine';
import { roleStatements } from './support/statements';
import { ACCOUNT, ofType, REGION, synthesise } from './support/synthesis';
import { builtIn, byTransform, prebuilt } from './support/variants';

const DIGEST = `sha256:${'a'.repeat(64)}`;
/** As the fake of ECR answers. */
const LOOKED_UP = `sha256:${'b'.repeat(64)}`;
const XGBOOST = { account: '141502667606', repository: 'sagemaker-xgboost' };

/** Resources of the ECR actions by role. */
function pulls(config: PipelineConfig): Record<string, string[]> {
  const found: Record<string, Set<string>> = {};
  for (const { policy, Action, Resource } of roleStatements(synthesise(config).pipeline)) {
    if (!Action.includes('ecr:BatchGetImage')) continue;
    const role = policy.replace(/DefaultPolicy.*/, '');
    for (const arn of Resource) (found[role] ??= new Set()).add(arn);
  }
  return Object.fromEntries(Object.entries(found).map(([role, arns]) => [role, [...arns].sort()]));
}

const repository = (account: string, name: string) => `arn:aws:ecr:${REGION}:${account}:repository/${name}`;

describe('a model of prebuilt images', () => {
  const { storage, pipeline } = synthesise(prebuilt);

  test('has no repository, no build, and nothing that deletes images', () => {
    expect(ofType(storage, 'AWS::ECR::Repository')).toEqual([]);
    expect(ofType(pipeline, 'AWS::CodeBuild::Project')).toEqual([]);
    const names = allStates(definitionOf(synthesise(prebuilt))).map(([name]) => name);
    expect(names.filter((name) => /^(Build|Find) .*image$/.test(name))).toEqual([]);
    const actions = roleStatements(pipeline).flatMap(({ Action }) => Action);
    expect(actions).not.toContain('ecr:BatchDeleteImage');
    const variables = ofType<{ Environment: { Variables: object } }>(pipeline, 'AWS::Lambda::Function');
    for (const { properties } of variables)
      expect(properties.Environment.Variables).not.toHaveProperty(LambdaVariable.InferenceRepository);
  });

  test('lets each role pull from the repository of its image, and from no other', () => {
    const [ours, theirs] = [
      (name: string) => repository(ACCOUNT, `ours/${name}`),
      repository('210987654321', 'theirs/serve'),
    ];
    expect(pulls(prebuilt)).toEqual({
      RunPreprocessJobRole: [ours('preprocess')],
      RunTrainJobRole: [ours('train')],
      RunEvaluateJobRole: [theirs],
      RunDeployModelRole: [theirs],
      RunPrepareInitiateRole: [ours('preprocess'), ours('train'), theirs],
    });
  });

  test('uses the images by their digests', async () => {
    const run = await dryRun(prebuilt);
    const job = argumentsOf<CreateTrainingJobCommandInput>(run, 'Train model');
    const registry = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
    expect(job.AlgorithmSpecification!.TrainingImage).toBe(`${registry}/ours/train@${LOOKED_UP}`);
    expect(run.status).toBe('SUCCEEDED');
    const { PREBUILT_IMAGES } = ofType<{ Environment: { Variables: Record<string, string> } }>(
      pipeline,
      'AWS::Lambda::Function',
    )
      .map(({ properties }) => properties.Environment.Variables)
      .find((variables) => LambdaVariable.PrebuiltImages in variables)!;
    expect(JSON.parse(PREBUILT_IMAGES!)).toMatchObject({
      inference: {
        ...{ registryId: '210987654321', repositoryName: 'theirs/serve', id: { imageDigest: DIGEST } },
        field: 'programs.serve',
      },
    });
  });
});

describe.each([
  ['where the region is known', { ...builtIn, region: REGION }],
  ['where the deployment decides on the region', builtIn],
])('a model on built-in XGBoost, %s,', (_, config) => {
  const { storage } = synthesise(config);

  test('builds only the programs around it', () => {
    expect(ofType(storage, 'AWS::ECR::Repository').map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'ImagesPreprocessing',
      'ImagesEvaluation',
    ]);
  });

  test('pulls from the registry of the region', () => {
    const xgboost = repository(XGBOOST.account, XGBOOST.repository);
    expect(pulls(config)).toMatchObject({
      RunTrainJobRole: [xgboost],
      RunDeployModelRole: [xgboost],
      RunEvaluatePredictionsModelRole: [xgboost],
      RunPrepareInitiateRole: [xgboost],
    });
  });

  test('trains on what the algorithm reads, without metrics of its own definition', async () => {
    const run = await dryRun(config);
    const job = argumentsOf<CreateTrainingJobCommandInput>(run, 'Train model');
    const registry = `${XGBOOST.account}.dkr.ecr.${REGION}.amazonaws.com`;
    expect(job.AlgorithmSpecification).toEqual({
      TrainingImage: `${registry}/${XGBOOST.repository}@${LOOKED_UP}`,
      TrainingInputMode: 'File',
    });
    expect(job.InputDataConfig!.map(({ ChannelName, ContentType }) => [ChannelName, ContentType])).toEqual([
      ['train', 'text/csv'],
      ['validation', 'text/csv'],
    ]);
    expect(job.HyperParameters).toMatchObject({ num_round: '100', objective: 'binary:logistic' });
    const preprocess = argumentsOf<CreateProcessingJobCommandInput>(run, 'Preprocess shard');
    expect(JSON.parse(preprocess.Environment!.SPLITS!)).toEqual(config.splits);
  });
});

const transformFailed = failWith('States.TaskFailed', '{"FailureReason":"ClientError: See job logs"}');
const DELETED = ['Delete candidate to evaluate', 'Note predictions of candidate'];
const COMPARED = ['Predict holdout with champion', 'Delete champion to evaluate'];

const ENDINGS: Record<string, Ending> = {
  'the first model': {
    status: 'SUCCEEDED',
    through: [
      ...['Create candidate to evaluate', 'Predict holdout with candidate', 'Predict validation rows'],
      ...[...DELETED, 'Evaluate model', 'Decide', ...DEPLOYED],
    ],
    never: ['Create champion to evaluate', 'Prediction failed', 'Undo deployment'],
    serves: 'candidate',
  },
  'a better model': {
    ...replacing,
    status: 'SUCCEEDED',
    through: ['Create champion to evaluate', ...COMPARED, 'Evaluate model', ...DEPLOYED],
    never: ['Prediction failed', 'No champion to predict with'],
    serves: 'candidate',
  },
  'the candidate cannot predict': {
    ...replacing,
    answers: { 'Predict holdout with candidate': transformFailed },
    status: 'FAILED',
    error: 'PredictionFailed',
    cause: /the candidate failed: States\.TaskFailed: ClientError: See job logs; its log is below/,
    // Both models are deleted before the run ends.
    through: [...COMPARED, 'Note predictions of champion', 'Candidate predicted?', 'Prediction failed'],
    never: ['Predict validation rows', 'Evaluate model'],
    serves: 'champion',
  },
  'the model to evaluate cannot be created, nor deleted': {
    answers: {
      'Create candidate to evaluate': failWith('SageMaker.ValidationException', 'no such artifact'),
      'Delete candidate to evaluate': failWith('SageMaker.SageMakerException', 'Could not find model'),
    },
    status: 'FAILED',
    error: 'PredictionFailed',
    cause: /no such artifact/,
    through: [...DELETED, 'Prediction failed'],
    never: ['Predict holdout with candidate'],
    serves: null,
  },
  'the champion cannot predict': {
    ...replacing,
    answers: { 'Predict holdout with champion': transformFailed },
    status: 'SUCCEEDED',
    through: ['Delete champion to evaluate', 'Evaluate model', ...DEPLOYED],
    never: ['Prediction failed'],
    serves: 'candidate',
  },
};

describe('an evaluation by batch transform, when', () => {
  test.each(Object.entries(ENDINGS))('%s', async (_, ending) => {
    await expectEnding(byTransform, ending);
  });

  const jobOf = async (scenario: Scenario) => {
    const run = await dryRun(byTransform, scenario);
    return { run, job: argumentsOf<CreateProcessingJobCommandInput>(run, 'Evaluate model') };
  };
  const inputs = ({ ProcessingInputs }: CreateProcessingJobCommandInput) =>
    ProcessingInputs!.map(({ InputName }) => InputName);
  const withChampion = { champion: CHAMPION, endpoint: SERVING };

  test('scores the answers, the champion’s too, in an image of its own', async () => {
    const { run, job } = await jobOf(withChampion);
    expect(job.AppSpecification).toMatchObject({ ContainerArguments: ['score'] });
    expect(job.AppSpecification!.ImageUri).toMatch(/ImagesEvaluation/);
    expect(inputs(job)).toEqual([
      ...['schema', 'test', 'rows', 'candidate', 'validation', 'candidate-validation', 'champion'],
    ]);
    expect(job.Environment).toMatchObject({ CHAMPION_VERSION: CHAMPION.runId });
    // Each transform writes what the job reads.
    const written = run.requests
      .filter(({ resource }) => resource.includes('TransformJob'))
      .map(({ arguments: args }) => (args as { TransformOutput: { S3OutputPath: string } }).TransformOutput);
    const read = job.ProcessingInputs!.map(({ S3Input }) => S3Input!.S3Uri);
    expect(written).toHaveLength(3);
    for (const { S3OutputPath } of written) expect(read).toContain(S3OutputPath);
  });

  test('says why a champion is not compared, within SageMaker’s limit', async () => {
    const answers = { 'Predict holdout with champion': failWith('States.TaskFailed', 'x'.repeat(999)) };
    const { job } = await jobOf({ ...withChampion, answers });
    expect(job.Environment!.CHAMPION_FAILURE).toHaveLength(256);
    expect(job.Environment!.CHAMPION_FAILURE).toMatch(/^States\.TaskFailed: x/);
    expect(inputs(job)).not.toContain('champion');
  });

  test.each([['first model', {}] as const, ['challenger', withChampion] as const])(
    "each request fits the SDK's schema and the service's limits: %s",
    async (_, scenario) => {
      const inAccount = (request: TaskRequest): TaskRequest =>
        JSON.parse(
          JSON.stringify(request)
            .replace(/arn:aws:iam:[\w-]+:(\d+):(\w+)/g, 'arn:aws:iam::$1:role/$2')
            .replace(
              /("RepositoryName":")(\w+)/g,
              (_match, name: string, id: string) => name + id.toLowerCase(),
            ),
        ) as TaskRequest;
      const { requests } = await dryRun(byTransform, scenario);
      const problems = requests.flatMap((request) => checkRequest(inAccount(request)) ?? []);
      expect(problems.filter(({ problem }) => problem !== undefined)).toEqual([]);
    },
  );
});
