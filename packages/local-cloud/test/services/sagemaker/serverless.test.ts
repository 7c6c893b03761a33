import { serving, type Serving } from './serving';

let here: Serving;
beforeAll(async () => (here = await serving()));
afterEach(() => here.reset());
afterAll(() => here.jobsCloud.close());

/** Returns the number of started containers: each has its own log stream. */
async function starts(EndpointName: string): Promise<number> {
  const { logStreams = [] } = await here.jobsCloud.here.cloud.call(
    'cloudwatchlogs',
    'DescribeLogStreams',
    { logGroupName: `/aws/sagemaker/Endpoints/${EndpointName}` },
    { principal: here.jobsCloud.here.cloud.principals.operator },
  );
  return logStreams.length;
}

const config = async (word: string, MaxConcurrency = 2) => {
  const EndpointConfigName = here.name('Serverless');
  await here.client.createEndpointConfig({
    EndpointConfigName,
    ProductionVariants: [
      {
        VariantName: 'v0',
        ModelName: await here.model(word),
        ServerlessConfig: { MemorySizeInMB: 2_048, MaxConcurrency },
      },
    ],
  });
  return EndpointConfigName;
};

test('a container is kept warm for some time, and starts again with the next request', async () => {
  const EndpointName = await here.endpoint(await config('one'));
  const { ProductionVariants } = await here.client.describeEndpoint({ EndpointName });
  expect(ProductionVariants).toEqual([
    expect.objectContaining({ CurrentServerlessConfig: { MemorySizeInMB: 2_048, MaxConcurrency: 2 } }),
  ]);
  expect(ProductionVariants![0]).not.toHaveProperty('CurrentInstanceCount');
  await here.clock.pass(200);
  expect((await here.ask(EndpointName)).said.word).toBe('one');
  await here.clock.pass(299);
  await here.ask(EndpointName);
  expect(await starts(EndpointName)).toBe(1);
  await here.clock.pass(300);
  expect((await here.ask(EndpointName)).said.word).toBe('one');
  expect(await starts(EndpointName)).toBe(2);
});

test('a container that died is replaced', async () => {
  const EndpointName = await here.endpoint(await config('one'));
  await expect(here.ask(EndpointName, 'die')).rejects.toMatchObject({ name: 'ModelError' });
  await here.jobsCloud.until(() => here.ask(EndpointName).then(Boolean, () => false));
  expect(await starts(EndpointName)).toBe(2);
});

test('more requests than MaxConcurrency are throttled', async () => {
  const EndpointName = await here.endpoint(await config('one', 2));
  const asked = await Promise.allSettled([1, 2, 3].map(() => here.ask(EndpointName, 'slow')));
  const failed = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  expect(failed).toEqual([
    expect.objectContaining({
      name: 'ThrottlingException',
      message: expect.stringMatching(/^Rate exceeded.*MaxConcurrency/),
      $metadata: expect.objectContaining({ httpStatusCode: 400 }),
    }),
  ]);
  expect((await here.ask(EndpointName)).said.word).toBe('one');
});

test('a body over 4 MB is refused', async () => {
  const EndpointName = await here.endpoint(await config('one'));
  await expect(here.ask(EndpointName, 'x'.repeat(4_194_305))).rejects.toMatchObject({
    name: 'ValidationError',
    message: expect.stringContaining('4194305 exceeds the limit of 4194304'),
  });
});

test('a model that does not start fails the endpoint', async () => {
  const EndpointName = await here.endpoint(await config('broken'));
  expect(await here.client.describeEndpoint({ EndpointName })).toMatchObject({
    EndpointStatus: 'Failed',
    FailureReason: expect.stringMatching(/exit code 4: cannot read the model/),
  });
});

test('a request that waits for a cold start is answered, also if the endpoint changes meanwhile', async () => {
  const EndpointName = await here.endpoint(await config('old'));
  const next = await here.config(['new']);
  await here.clock.pass(300);
  const [answer] = await Promise.all([
    here.ask(EndpointName),
    here.client.updateEndpoint({ EndpointName, EndpointConfigName: next }),
  ]);
  expect(['old', 'new']).toContain(answer.said.word);
  await here.settled(EndpointName);
});

test('an update moves it, also to instances, and no request fails', async () => {
  const EndpointName = await here.endpoint(await config('old', 10));
  for (const EndpointConfigName of [await config('new', 10), await here.config(['instance'])]) {
    await here.wordsDuring(EndpointName, async () => {
      await here.client.updateEndpoint({ EndpointName, EndpointConfigName });
      expect(await here.settled(EndpointName)).toMatchObject({ EndpointConfigName });
    });
  }
  expect((await here.ask(EndpointName)).said.word).toBe('instance');
  const update = here.client.updateEndpoint({ EndpointName, EndpointConfigName: await config('back') });
  await expect(update).rejects.toThrow(/Cannot update an endpoint on instances to the serverless/);
});
