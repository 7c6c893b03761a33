import { serving, type Serving } from './serving';

let here: Serving;
beforeAll(async () => (here = await serving()));
afterEach(() => here.reset());
afterAll(() => here.jobsCloud.close());

test('traffic goes by weight, which can be changed, and to the target variant', async () => {
  const EndpointName = await here.endpoint(await here.config(['a', 'b']));
  const wordAt = async (share: number) => {
    here.random = share;
    return (await here.ask(EndpointName)).said.word;
  };
  expect([await wordAt(0), await wordAt(0.49), await wordAt(0.5), await wordAt(0.99)]).toEqual([
    'a',
    'a',
    'b',
    'b',
  ]);
  await here.client.updateEndpointWeightsAndCapacities({
    EndpointName,
    DesiredWeightsAndCapacities: [{ VariantName: 'v0', DesiredWeight: 3 }],
  });
  expect([await wordAt(0.7), await wordAt(0.8)]).toEqual(['a', 'b']);
  expect((await here.ask(EndpointName, 'x', { TargetVariant: 'v0' })).said.word).toBe('a');
  await expect(here.ask(EndpointName, 'x', { TargetVariant: 'v9' })).rejects.toMatchObject({
    name: 'ValidationError',
    message: expect.stringContaining('Variant v9 not found'),
  });
  const { ProductionVariants } = await here.client.describeEndpoint({ EndpointName });
  expect(ProductionVariants!.map(({ CurrentWeight }) => CurrentWeight)).toEqual([3, 1]);
});

describe('what goes wrong with a request', () => {
  let EndpointName: string;
  beforeAll(async () => (EndpointName = await here.endpoint(await here.config(['one']))));

  test.each<[string, number, string, RegExp]>([
    [
      'bad',
      400,
      'no such feature',
      /^Received client error \(400\) from primary with message "no such feature"\. See https/,
    ],
    ['bug', 500, 'oops', /^Received server error \(500\) from primary with message "oops"/],
    [
      'never',
      0,
      'Your invocation timed out',
      /^Received server error \(0\) from primary with message "Your invocation timed out/,
    ],
  ])('the container responds with %s', async (body, OriginalStatusCode, message, text) => {
    if (body === 'never') here.timeouts.invocation = 50;
    await expect(here.ask(EndpointName, body)).rejects.toMatchObject({
      name: 'ModelError',
      message: expect.stringMatching(text),
      OriginalStatusCode,
      OriginalMessage: expect.stringContaining(message),
      $metadata: expect.objectContaining({ httpStatusCode: 424 }),
    });
  });

  test('a body over 6 MB', async () => {
    await expect(here.ask(EndpointName, 'x'.repeat(6_291_457))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('6291457 exceeds the limit of 6291456'),
    });
  });

  test('a missing endpoint', async () => {
    await expect(here.ask('none')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Endpoint none of account 123456789012 not found.',
    });
  });

  test('a container that dies', async () => {
    await expect(here.ask(EndpointName, 'die')).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 0,
    });
    await expect(here.ask(EndpointName)).rejects.toThrow(/Unable to reach container primary/);
  });
});

test('captured requests are written to S3, and endpoints serve again after a restart', async () => {
  const capture = {
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 50,
      DestinationS3Uri: 's3://bucket/capture/',
      CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    },
  };
  const EndpointConfigName = await here.config(['one'], {}, capture);
  const EndpointName = await here.endpoint(EndpointConfigName);
  await here.ask(EndpointName, '1,2', { ContentType: 'text/csv' });
  here.random = 0.5;
  await here.ask(EndpointName, 'not sampled');
  // One endpoint is being created while the cloud closes.
  const unfinished = here.name('Endpoint');
  await here.client.createEndpoint({
    EndpointName: unfinished,
    EndpointConfigName: await here.config(['late']),
  });
  await here.restart();
  expect(await here.client.describeEndpoint({ EndpointName })).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName,
  });
  expect((await here.ask(EndpointName)).said.word).toBe('one');
  expect((await here.ask(unfinished)).said.word).toBe('late');
  const [key, ...others] = await here.jobsCloud.keys(`capture/${EndpointName}/v0/`);
  expect(others).toEqual([]);
  expect(key).toMatch(/\/v0\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-000-[0-9a-f-]+\.jsonl$/);
  const lines = (await here.jobsCloud.get(key!)).trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '1,2', encoding: 'CSV' },
      endpointOutput: { mode: 'OUTPUT', encoding: 'JSON', data: expect.stringContaining('"word":"one"') },
    },
    eventMetadata: { eventId: expect.any(String), inferenceTime: expect.any(String) },
    eventVersion: '0',
  });
});

describe('metrics', () => {
  const values = (metric: string, name: string, variant = 'v0') =>
    here.cloudwatch.values(metric, name, variant);

  test('the service counts each request, by endpoint and variant', async () => {
    const EndpointName = await here.endpoint(await here.config(['one'], { InitialInstanceCount: 2 }));
    here.timeouts.invocation = 50;
    await here.ask(EndpointName);
    for (const body of ['bad', 'bug', 'never']) {
      await expect(here.ask(EndpointName, body)).rejects.toMatchObject({ name: 'ModelError' });
    }
    await here.jobsCloud.until(() => values('InvocationModelErrors', EndpointName).length === 4);
    const sorted = (metric: string) => values(metric, EndpointName).sort();
    expect(sorted('Invocations')).toEqual([1, 1, 1, 1]);
    expect(sorted('InvocationsPerInstance')).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(sorted('Invocation4XXErrors')).toEqual([0, 0, 0, 1]);
    // A missing response counts as a server error.
    expect(sorted('Invocation5XXErrors')).toEqual([0, 0, 1, 1]);
    expect(sorted('InvocationModelErrors')).toEqual([0, 1, 1, 1]);
    expect([...here.cloudwatch.publishers]).toEqual(['AWS/SageMaker sagemaker.amazonaws.com']);
  });

  test('latency is in microseconds, for each second', async () => {
    const EndpointName = await here.endpoint(await here.config(['one']));
    await here.ask(EndpointName, 'slow');
    await here.jobsCloud.until(() => values('ModelLatency', EndpointName).length === 1);
    // The model takes 100 ms, and timers may fire slightly early.
    expect(values('ModelLatency', EndpointName)[0]).toBeGreaterThan(90_000);
    await here.jobsCloud.until(() => values('OverheadLatency', EndpointName).length === 1);
    const datum = here.cloudwatch.data.find(({ MetricName }) => MetricName === 'ModelLatency');
    expect(datum).toMatchObject({ Unit: 'Microseconds', StorageResolution: 1 });
  });
});
