import type {
  CreateEndpointConfigCommandInput,
  CreateProcessingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { checkRequest, type TaskRequest } from 'local-cloud/testing';
import { IMAGES } from '../../lib/contract/environment';
import { MAX_NAME_LENGTH } from '../../lib/contract/names';
import {
  CHAMPION,
  dryRun,
  failWith,
  SERVING,
  argumentsOf,
  trainingStopped,
  type Scenario,
} from './support/dry-run';
import { dev, local } from './support/synthesis';
import type { ServingOf } from '../../lib/config/schema';
import { onDemand, onGpu, twoVariants } from './support/variants';

/** Takes every path that asks a service for something else. */
const SCENARIOS: Record<string, Scenario> = {
  'first model': {},
  'challenger, on images not built yet': {
    champion: CHAMPION,
    endpoint: SERVING,
    answers: Object.fromEntries(IMAGES.map((image) => [`Find ${image} image`, () => ({ Images: [] })])),
  },
  'rejected model': {
    answers: { Decide: () => ({ Payload: { accepted: false, reason: 'below' } }) },
  },
  'Spot that never came': { answers: { 'Train model': trainingStopped } },
  'undone deployment': {
    champion: CHAMPION,
    endpoint: SERVING,
    answers: { 'Smoke test': failWith('SmokeTestFailed', 'wrong') },
  },
};

/** A request as in an account: the synthesis has logical ids in the place of roles' ARNs and of repositories' names. */
const inAccount = (request: TaskRequest): TaskRequest =>
  JSON.parse(
    JSON.stringify(request)
      .replace(/arn:aws:iam:[\w-]+:(\d+):(\w+)/g, 'arn:aws:iam::$1:role/$2')
      .replace(/("RepositoryName":")(\w+)/g, (_, name: string, id: string) => name + id.toLowerCase()),
  ) as TaskRequest;

const checked = (requests: readonly TaskRequest[]) =>
  requests.flatMap((request) => checkRequest(inAccount(request)) ?? []);

const problemsOf = (requests: readonly TaskRequest[]) =>
  checked(requests).filter(({ problem }) => problem !== undefined);

describe.each(Object.entries({ dev, local, onGpu, onDemand, twoVariants }))(
  'every request of a run with the configuration %s',
  (_, config) => {
    test.each(Object.entries(SCENARIOS))(
      "fits the SDK's schema and the service's limits: %s",
      async (_, scenario) => {
        const { requests } = await dryRun(config, scenario);
        expect(checked(requests).length).toBeGreaterThan(6);
        expect(problemsOf(requests)).toEqual([]);
      },
    );
  },
);

test('the judge notices an instance type that does not train', async () => {
  const training = { ...dev.training, instanceType: 'ml.t2.medium' };
  const { requests } = await dryRun({ ...dev, training });
  const problems = problemsOf(requests);
  expect(problems).toEqual([
    { operation: 'CreateTrainingJob', problem: expect.stringContaining("'ml.t2.medium' at 'resourceConfig") },
  ]);
});

test('the judge notices what is unknown, missing or of the wrong case', () => {
  const args = { modelName: 'x', Oops: 1, Tags: [{ Key: 'app' }] };
  const resource = 'arn:aws:states:::sagemaker:createModel';
  const { problem } = checkRequest({ resource, arguments: args })!;
  for (const word of ['"modelName"', '"Oops"', "'ModelName'", "'Tags[0].Value'"])
    expect(problem).toContain(word);
});

describe('processing jobs', () => {
  test('one a shard, each with the manifest of its own', async () => {
    const { requests, plan } = await dryRun(dev);
    const jobs = requests.filter(({ stateName }) => stateName === 'Preprocess shard');
    const manifests = jobs.map(({ arguments: args }) => {
      const { ProcessingInputs } = args as unknown as CreateProcessingJobCommandInput;
      const { S3Uri, S3DataType } = ProcessingInputs!.find(({ InputName }) => InputName === 'data')!.S3Input!;
      expect(S3DataType).toBe('ManifestFile');
      return S3Uri!;
    });
    expect(manifests.sort()).toEqual(plan.shards.map(({ manifestUri }) => manifestUri).sort());
    expect(manifests).toHaveLength(3);
  });

  test('the evaluation scores the champion too, as soon as there is one', async () => {
    const evaluationOf = async (scenario: Scenario) =>
      argumentsOf<CreateProcessingJobCommandInput>(await dryRun(dev, scenario), 'Evaluate model');
    const [first, second] = [
      await evaluationOf({}),
      await evaluationOf({ champion: CHAMPION, endpoint: SERVING }),
    ];
    const inputs = (job: CreateProcessingJobCommandInput) =>
      job.ProcessingInputs!.map(({ InputName }) => InputName);
    expect(inputs(first)).toEqual(['validation', 'test', 'candidate']);
    expect(first.Environment).not.toHaveProperty('CHAMPION_VERSION');
    expect(inputs(second)).toEqual(['validation', 'test', 'candidate', 'champion']);
    expect(second.Environment).toMatchObject({ CHAMPION_VERSION: CHAMPION.runId });
  });

  test('programs reach no network', async () => {
    const { requests } = await dryRun(dev);
    const isolated = requests.flatMap(({ arguments: args }) => {
      const { NetworkConfig, EnableNetworkIsolation } = args as Record<string, unknown>;
      const network = NetworkConfig as { EnableNetworkIsolation: boolean } | undefined;
      return EnableNetworkIsolation ?? network?.EnableNetworkIsolation ?? [];
    });
    expect(isolated).toEqual(Array(6).fill(true));
  });
});

// SageMaker refused the attempt before, or the job exists: with another name there would be two of it.
test('a job that is started again keeps its name, of legal length', async () => {
  const throttleOnce = ({ attempt }: TaskRequest) =>
    attempt === 0
      ? failWith('SageMaker.AmazonSageMakerException', 'Rate exceeded')({} as never, {} as never)
      : undefined;
  const jobs = {
    'Preprocess shard': 'ProcessingJobName',
    'Train model': 'TrainingJobName',
    'Evaluate model': 'ProcessingJobName',
  };
  const { requests, status } = await dryRun(dev, {
    answers: Object.fromEntries(Object.keys(jobs).map((stateName) => [stateName, throttleOnce])),
  });
  expect(status).toBe('SUCCEEDED');
  const names = requests.flatMap(({ stateName, arguments: args }) => {
    const field = jobs[stateName as keyof typeof jobs] as string | undefined;
    return field ? [(args as Record<string, string>)[field]!] : [];
  });
  expect(names).toHaveLength(2 * (3 + 1 + 1));
  expect(new Set(names).size).toBe(names.length / 2);
  for (const name of names) {
    expect(name).toMatch(/^mlops-table-dev-[a-z0-9-]*-0$/);
    expect(name.length).toBeLessThanOrEqual(MAX_NAME_LENGTH);
  }
});

describe('the endpoint configuration', () => {
  const configOf = async (config: typeof dev) =>
    argumentsOf<CreateEndpointConfigCommandInput>(await dryRun(config), 'Create endpoint configuration');

  test('has the variants of the configuration, all of the new model', async () => {
    const twoVariantsOf = twoVariants.endpoint.serving as ServingOf<'realtime'>;
    const { ProductionVariants } = await configOf(twoVariants);
    expect(ProductionVariants).toEqual(
      twoVariantsOf.variants.map(({ name, instanceType, instanceCount, weight }) => ({
        VariantName: name,
        ModelName: expect.stringMatching(/^mlops-table-dev-run-1-model$/) as string,
        InstanceType: instanceType,
        InitialInstanceCount: instanceCount,
        InitialVariantWeight: weight,
      })),
    );
  });

  test('captures the configured share of requests and answers, encrypted', async () => {
    const { DataCaptureConfig } = await configOf(dev);
    expect(DataCaptureConfig).toMatchObject({
      EnableCapture: true,
      InitialSamplingPercentage: 10,
      KmsKeyId: expect.stringMatching(/StoreKey/) as string,
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
    });
    expect(DataCaptureConfig!.DestinationS3Uri).toMatch(/\/capture\/$/);
  });

  test('captures nothing at 0 %', async () => {
    expect(await configOf(twoVariants)).not.toHaveProperty('DataCaptureConfig');
  });

  // SageMaker refuses the key as soon as one variant has local NVMe disks.
  test('names the key unless a variant has local disks', async () => {
    expect(await configOf(dev)).toHaveProperty('KmsKeyId');
    expect(await configOf(twoVariants)).not.toHaveProperty('KmsKeyId');
  });
});

test('the model runs the image by its digest and answers as the run', async () => {
  const { requests, plan } = await dryRun(dev);
  const model = requests.find(({ stateName }) => stateName === 'Create model')!.arguments;
  expect(model).toMatchObject({
    EnableNetworkIsolation: true,
    PrimaryContainer: {
      Image: expect.stringMatching(/@sha256:[0-9a-f]{64}$/) as string,
      Environment: { MODEL_VERSION: plan.runId },
    },
  });
});
