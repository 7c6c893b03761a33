import { ECR } from '@aws-sdk/client-ecr';
import { type ProductionVariant } from '@aws-sdk/client-sagemaker';
import { REGISTRY, ROLE } from '../../jobs/job-cloud';
import { until } from '../../support/until';
import { serving, type Serving } from './serving';

let here: Serving;
beforeAll(async () => (here = await serving()));
afterEach(() => here.reset());
afterAll(() => here.jobsCloud.close());

test('an endpoint serves its model', async () => {
  const EndpointConfigName = await here.config(['one'], { InitialInstanceCount: 2 });
  const EndpointName = await here.endpoint(EndpointConfigName);
  expect(await here.client.describeEndpoint({ EndpointName })).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName,
    EndpointArn: `arn:aws:sagemaker:us-east-1:123456789012:endpoint/${EndpointName.toLowerCase()}`,
    ProductionVariants: [
      { VariantName: 'v0', CurrentWeight: 1, CurrentInstanceCount: 2, DesiredInstanceCount: 2 },
    ],
  });
  expect(await here.ask(EndpointName, 'hello', { Accept: 'application/json' })).toMatchObject({
    ContentType: 'application/json',
    InvokedProductionVariant: 'v0',
    said: {
      word: 'one',
      argv: 'serve',
      mood: 'calm',
      body: 'hello',
      type: 'text/plain',
      accept: 'application/json',
    },
  });
  const { Endpoints } = await here.client.listEndpoints({});
  expect(Endpoints).toContainEqual(expect.objectContaining({ EndpointName, EndpointStatus: 'InService' }));
});

test.each<[string, () => Promise<string>, RegExp]>([
  [
    'its container ends',
    () => here.config(['broken']),
    /did not pass the ping health check.*exit code 4: cannot read the model/,
  ],
  [
    'its container answers no ping',
    () => {
      here.timeouts.startup = 300;
      return here.config(['unhealthy']);
    },
    /did not pass the ping health check\. Please check/,
  ],
  ['one of two variants does not start', () => here.config(['good', 'broken']), /exit code 4/],
])('a new endpoint fails if %s', async (_, make, reason) => {
  const EndpointName = await here.endpoint(await make());
  const description = await here.client.describeEndpoint({ EndpointName });
  expect(description.EndpointStatus).toBe('Failed');
  expect(description.FailureReason).toMatch(reason);
  await expect(here.ask(EndpointName)).rejects.toMatchObject({ name: 'ValidationError' });
  const update = here.client.updateEndpoint({
    EndpointName,
    EndpointConfigName: description.EndpointConfigName,
  });
  await expect(update).rejects.toThrow(/only be deleted/);
  await here.client.deleteEndpoint({ EndpointName });
});

test('a model artifact is read as the model’s role', async () => {
  const EndpointConfigName = await here.config(['secret']);
  here.denied.add('s3:GetObject');
  const EndpointName = await here.endpoint(EndpointConfigName);
  expect((await here.client.describeEndpoint({ EndpointName })).FailureReason).toMatch(
    /assumed-role\/Job\/SageMaker may not s3:GetObject/,
  );
});

test('an update moves to the new model, and no request fails meanwhile', async () => {
  const EndpointName = await here.endpoint(await here.config(['old']));
  const next = await here.config(['new']);
  await here.client.updateEndpoint({ EndpointName, EndpointConfigName: next });
  await expect(here.client.updateEndpoint({ EndpointName, EndpointConfigName: next })).rejects.toThrow(
    /Cannot update in-progress/,
  );
  await expect(here.client.deleteEndpoint({ EndpointName })).rejects.toThrow(/Cannot delete in-progress/);
  const words: string[] = [];
  const keepAsking = () =>
    until(async () => {
      words.push((await here.ask(EndpointName, 'slow')).said.word!);
      return words.at(-1) === 'new';
    }, 'the new model answers');
  await Promise.all([keepAsking(), keepAsking(), keepAsking()]);
  expect(words).toContain('old');
  expect(await here.settled(EndpointName)).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: next,
  });
});

test('after a failed update the old model continues to serve', async () => {
  const before = await here.config(['old']);
  const EndpointName = await here.endpoint(before);
  await here.client.updateEndpoint({ EndpointName, EndpointConfigName: await here.config(['broken']) });
  const description = await here.settled(EndpointName);
  expect(description).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: before });
  expect(description.FailureReason).toMatch(/exit code 4/);
  expect((await here.ask(EndpointName)).said.word).toBe('old');
});

test('a deleted endpoint is gone', async () => {
  const EndpointName = await here.endpoint(await here.config(['one']));
  await here.client.deleteEndpoint({ EndpointName });
  await expect(here.ask(EndpointName)).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(here.client.describeEndpoint({ EndpointName })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Could not find endpoint "arn:aws:sagemaker'),
  });
});

const variants = (...list: Partial<ProductionVariant>[]) => ({
  EndpointConfigName: here.name('Config'),
  ProductionVariants: list.map((variant) => ({ VariantName: 'v', ModelName: 'none', ...variant })),
});

test.each<[string, () => Promise<unknown>, string, RegExp]>([
  [
    'an endpoint without configuration',
    () => here.client.createEndpoint({ EndpointName: 'e', EndpointConfigName: 'none' }),
    'ValidationException',
    /Could not find endpoint configuration "arn/,
  ],
  [
    'an endpoint with an invalid name',
    () => here.client.createEndpoint({ EndpointName: 'e_', EndpointConfigName: 'none' }),
    'ValidationException',
    /'e_' at 'endpointName'/,
  ],
  [
    'a configuration without model',
    () => here.client.createEndpointConfig(variants({})),
    'ValidationException',
    /Could not find model/,
  ],
  [
    'a model without image',
    () => here.client.createModel({ ModelName: 'm', ExecutionRoleArn: ROLE }),
    'ValidationException',
    /PrimaryContainer/,
  ],
  [
    'a model whose image has an OCI manifest',
    async () => {
      const [repositoryName, mediaType] = ['oci', 'application/vnd.oci.image.manifest.v1+json'];
      const registry = new ECR(here.jobsCloud.here.client);
      await registry.createRepository({ repositoryName });
      const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, layers: [] });
      await registry.putImage({ repositoryName, imageManifest, imageTag: 'one' });
      return here.client.createModel({
        ModelName: here.name('model'),
        ExecutionRoleArn: ROLE,
        PrimaryContainer: { Image: `${REGISTRY}/${repositoryName}:one` },
      });
    },
    'ValidationException',
    /^Unsupported manifest media type application\/vnd\.oci\.image\.manifest\.v1\+json for image .*\/oci:one\. Ensure/,
  ],
  [
    'an existing model',
    async () =>
      here.client.createModel({
        ModelName: await here.model('x'),
        ExecutionRoleArn: ROLE,
        PrimaryContainer: { Image: here.image },
      }),
    'ValidationException',
    /already existing model/,
  ],
  [
    'deletion of missing resources',
    () => here.client.deleteEndpointConfig({ EndpointConfigName: 'none' }),
    'ValidationException',
    /Could not find endpoint configuration/,
  ],
])('refused: %s', async (_, attempt, name, message) => {
  await expect(attempt()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test('models and configurations are described and listed', async () => {
  const EndpointConfigName = await here.config(['one']);
  const { ProductionVariants, CreationTime } = await here.client.describeEndpointConfig({
    EndpointConfigName,
  });
  expect(CreationTime).toBeInstanceOf(Date);
  const ModelName = ProductionVariants![0]!.ModelName!;
  expect(await here.client.describeModel({ ModelName })).toMatchObject({
    ModelName,
    PrimaryContainer: { Image: here.image },
  });
  expect((await here.client.listModels({})).Models).toContainEqual(expect.objectContaining({ ModelName }));
  expect((await here.client.listEndpointConfigs({})).EndpointConfigs).toContainEqual(
    expect.objectContaining({ EndpointConfigName }),
  );
  await here.client.deleteModel({ ModelName });
  await expect(here.client.describeModel({ ModelName })).rejects.toThrow(/Could not find model/);
});
