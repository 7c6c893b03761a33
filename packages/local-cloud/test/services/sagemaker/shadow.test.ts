import { serving, type Serving } from './serving';

let here: Serving;
beforeAll(async () => (here = await serving()));
afterEach(() => here.reset());
afterAll(() => here.jobsCloud.close());

/** Creates an endpoint that answers with `old`, and copies its requests to another model. */
async function shadowed(word: string, weight = 1): Promise<string> {
  const ShadowProductionVariants = [
    {
      VariantName: 'shadow',
      ModelName: await here.model(word),
      InstanceType: 'ml.m5.large' as const,
      InitialInstanceCount: 1,
      InitialVariantWeight: weight,
    },
  ];
  const DataCaptureConfig = {
    EnableCapture: true,
    InitialSamplingPercentage: 100,
    DestinationS3Uri: 's3://bucket/shadow',
    CaptureOptions: [{ CaptureMode: 'InputAndOutput' as const }],
    CaptureContentTypeHeader: { JsonContentTypes: ['application/json'] },
  };
  return here.endpoint(await here.config(['old'], {}, { ShadowProductionVariants, DataCaptureConfig }));
}

/** Returns the captured records of a variant, by inference id. */
async function captured(EndpointName: string, variant: string) {
  const keys = await here.jobsCloud.keys(`shadow/${EndpointName}/${variant}/`);
  const lines = (await Promise.all(keys.map((key) => here.jobsCloud.get(key)))).flatMap((text) =>
    text.trimEnd().split('\n'),
  );
  return Object.fromEntries(
    lines.map((line) => {
      const { captureData, eventMetadata } = JSON.parse(line) as {
        captureData: { endpointOutput: { data: string } };
        eventMetadata: { inferenceId: string };
      };
      return [eventMetadata.inferenceId, captureData.endpointOutput.data];
    }),
  );
}

const asked = (EndpointName: string, variant = 'shadow') =>
  here.jobsCloud.until(() => here.cloudwatch.values('Invocations', EndpointName, variant).length > 0);

test('a shadow gets each request, and its responses are captured and not returned', async () => {
  const EndpointName = await shadowed('new');
  expect(await here.client.describeEndpoint({ EndpointName })).toMatchObject({
    ProductionVariants: [{ VariantName: 'v0' }],
    ShadowProductionVariants: [{ VariantName: 'shadow', CurrentInstanceCount: 1 }],
  });
  const answer = await here.ask(EndpointName, 'x', { InferenceId: 'one' });
  expect(answer).toMatchObject({ said: { word: 'old' }, InvokedProductionVariant: 'v0' });
  await asked(EndpointName);
  await here.restart();
  const [production, shadow] = [await captured(EndpointName, 'v0'), await captured(EndpointName, 'shadow')];
  expect(JSON.parse(production.one!)).toMatchObject({ word: 'old', body: 'x' });
  expect(JSON.parse(shadow.one!)).toMatchObject({ word: 'new', body: 'x' });
  await expect(here.ask(EndpointName, 'x', { TargetVariant: 'shadow' })).rejects.toThrow(/not found/);
});

test('its weight relative to production’s is its share of the requests', async () => {
  const EndpointName = await shadowed('new', 0.5);
  here.random = 0.5;
  await here.ask(EndpointName);
  here.random = 0.49;
  await here.ask(EndpointName);
  await asked(EndpointName);
  expect(here.cloudwatch.values('Invocations', EndpointName, 'shadow')).toEqual([1]);
  expect(here.cloudwatch.values('Invocations', EndpointName, 'v0')).toEqual([1, 1]);
  await here.client.updateEndpointWeightsAndCapacities({
    EndpointName,
    DesiredWeightsAndCapacities: [{ VariantName: 'shadow', DesiredWeight: 0 }],
  });
  here.random = 0;
  expect((await here.ask(EndpointName)).said.word).toBe('old');
});

test.each(['bug', 'never', 'die'])('a shadow that responds with "%s" changes nothing', async (word) => {
  const EndpointName = await shadowed(`always-${word}`);
  for (let i = 0; i < 3; i++) expect((await here.ask(EndpointName, 'x')).said.word).toBe('old');
  if (word !== 'never') await asked(EndpointName);
  await here.client.deleteEndpoint({ EndpointName });
  if (word === 'bug') {
    const errors = here.cloudwatch.values('Invocation5XXErrors', EndpointName, 'shadow');
    expect(errors.filter((value) => value === 1).length).toBeGreaterThan(0);
  }
});
