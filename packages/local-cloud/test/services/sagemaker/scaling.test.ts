import type { DesiredWeightAndCapacity } from '@aws-sdk/client-sagemaker';
import { serving, type Serving } from './serving';

let here: Serving;
beforeAll(async () => (here = await serving()));
afterEach(() => here.reset());
afterAll(() => here.jobsCloud.close());

const resize = (EndpointName: string, ...DesiredWeightsAndCapacities: DesiredWeightAndCapacity[]) =>
  here.client.updateEndpointWeightsAndCapacities({ EndpointName, DesiredWeightsAndCapacities });

test('instances are added and removed, and no request fails', async () => {
  const EndpointName = await here.endpoint(await here.config(['one']));
  await here.wordsDuring(EndpointName, async () => {
    await resize(EndpointName, { VariantName: 'v0', DesiredInstanceCount: 3 });
    expect(await here.client.describeEndpoint({ EndpointName })).toMatchObject({
      EndpointStatus: 'Updating',
      ProductionVariants: [{ CurrentInstanceCount: 1, DesiredInstanceCount: 3 }],
    });
    await expect(resize(EndpointName, { VariantName: 'v0', DesiredWeight: 2 })).rejects.toThrow(
      /in-progress/,
    );
    const { ProductionVariants } = await here.settled(EndpointName);
    expect(ProductionVariants).toMatchObject([{ CurrentInstanceCount: 3, DesiredInstanceCount: 3 }]);
    await resize(EndpointName, { VariantName: 'v0', DesiredInstanceCount: 1 });
    const fewer = await here.settled(EndpointName);
    expect(fewer.ProductionVariants).toMatchObject([{ CurrentInstanceCount: 1, DesiredInstanceCount: 1 }]);
  });
});

test('a failed start of instances leaves the endpoint unchanged', async () => {
  const EndpointName = await here.endpoint(await here.config(['one']));
  here.denied.add('s3:GetObject');
  await resize(EndpointName, { VariantName: 'v0', DesiredInstanceCount: 2, DesiredWeight: 5 });
  expect(await here.settled(EndpointName)).toMatchObject({
    EndpointStatus: 'InService',
    FailureReason: expect.stringMatching(/may not s3:GetObject/),
    ProductionVariants: [{ CurrentInstanceCount: 1, DesiredInstanceCount: 1, CurrentWeight: 1 }],
  });
  expect((await here.ask(EndpointName)).said.word).toBe('one');
});

test.each<[string, DesiredWeightAndCapacity, string, RegExp]>([
  ['a weight below 0', { VariantName: 'v0', DesiredWeight: -1 }, 'ValidationException', /desiredWeight/],
  [
    'weights that are all 0',
    { VariantName: 'v0', DesiredWeight: 0 },
    'ValidationException',
    /all 0 \(\[0\]\)/,
  ],
  ['no instance', { VariantName: 'v0', DesiredInstanceCount: 0 }, 'ValidationException', /only asynchronous/],
  ['a missing variant', { VariantName: 'x' }, 'ValidationException', /Could not find variant "x"/],
  [
    'serverless concurrency',
    { VariantName: 'v0', ServerlessUpdateConfig: { MaxConcurrency: 1 } },
    'NotImplemented',
    /ServerlessUpdateConfig/,
  ],
])('refused: %s', async (_, wanted, name, message) => {
  const EndpointName = await here.endpoint(await here.config(['one']));
  await expect(resize(EndpointName, wanted)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  expect((await here.client.describeEndpoint({ EndpointName })).EndpointStatus).toBe('InService');
});

describe('an update of the configuration', () => {
  const CAPTURE = {
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: 's3://bucket/kept',
      CaptureOptions: [{ CaptureMode: 'Output' as const }],
    },
  };
  const updated = async (change: object) => {
    const EndpointName = await here.endpoint(await here.config(['old'], {}, CAPTURE));
    await resize(EndpointName, { VariantName: 'v0', DesiredInstanceCount: 2, DesiredWeight: 3 });
    await here.settled(EndpointName);
    const EndpointConfigName = await here.config(['new']);
    await here.client.updateEndpoint({ EndpointName, EndpointConfigName, ...change });
    return here.settled(EndpointName);
  };

  test('resets counts, weights and capture', async () => {
    const after = await updated({});
    expect(after.ProductionVariants).toMatchObject([{ CurrentInstanceCount: 1, CurrentWeight: 1 }]);
    expect(after.DataCaptureConfig).toBeUndefined();
  });

  test('retains them on request, also when the cloud closes', async () => {
    const after = await updated({ RetainAllVariantProperties: true });
    const kept = [{ CurrentInstanceCount: 2, DesiredInstanceCount: 2, CurrentWeight: 3 }];
    expect(after.ProductionVariants).toMatchObject(kept);
    expect(after.DataCaptureConfig).toMatchObject({
      EnableCapture: true,
      CaptureStatus: 'Started',
      CurrentSamplingPercentage: 100,
    });
    await here.restart();
    const again = await here.settled(after.EndpointName!);
    expect(again.ProductionVariants).toMatchObject(kept);
    await here.ask(after.EndpointName!);
    await here.restart();
    expect(await here.jobsCloud.keys(`kept/${after.EndpointName}/v0/`)).toHaveLength(1);
  });

  test('retains the properties that are not excluded', async () => {
    const after = await updated({
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredInstanceCount' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    });
    expect(after.ProductionVariants).toMatchObject([{ CurrentInstanceCount: 1, CurrentWeight: 3 }]);
    expect(after.DataCaptureConfig).toBeUndefined();
  });

  test('excludes no properties if none are retained', async () => {
    const EndpointName = await here.endpoint(await here.config(['old']));
    const update = here.client.updateEndpoint({
      EndpointName,
      EndpointConfigName: await here.config(['new']),
      ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredWeight' }],
    });
    await expect(update).rejects.toThrow(/only be specified when RetainAllVariantProperties is true/);
  });
});

describe('an update of a variant that is scaled automatically', () => {
  const update = async (more: object) => {
    const EndpointName = await here.endpoint(await here.config(['old']));
    here.scaling.targets.add(`endpoint/${EndpointName}/variant/v0`);
    const EndpointConfigName = await here.config(['new'], more);
    await here.client.updateEndpoint({ EndpointName, EndpointConfigName });
    return here.settled(EndpointName);
  };

  test('is refused with instances of another type', async () => {
    await expect(update({ InstanceType: 'ml.c5.large' })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^The variant\(s\) "\["v0"\]" must be deregistered as scalable targets/),
    });
  });

  test('may change everything else', async () => {
    expect(await update({ InitialInstanceCount: 2 })).toMatchObject({ EndpointStatus: 'InService' });
  });
});
