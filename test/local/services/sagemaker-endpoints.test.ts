import { SageMaker, type ProductionVariant } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntime, type InvokeEndpointCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { create } from 'tar';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceError } from '../../../local/core/errors';
import { ROLE, workshop, type Workshop } from '../jobs/workshop';

/** Answers with the word of its model; some requests ask it to misbehave. */
const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
const word = fs.readFileSync(path.join(process.env.SAGEMAKER_BASE_DIR, 'model/word'), 'utf8');
if (word === 'broken') { console.log('cannot read the model'); process.exit(4); }
const server = require('node:http').createServer((request, response) => {
  if (request.url === '/ping') return response.writeHead(word === 'unhealthy' ? 500 : 200).end();
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    if (body === 'bad') return response.writeHead(400).end('no such feature');
    if (body === 'bug') return response.writeHead(500).end('oops');
    if (body === 'never') return;
    if (body === 'die') process.exit(1);
    const answer = { word, argv: process.argv[2], mood: process.env.MOOD, body, type: request.headers['content-type'], accept: request.headers.accept };
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)), body === 'slow' ? 100 : 0);
  });
});
server.listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

let shop: Workshop;
let client: SageMaker;
let runtime: SageMakerRuntime;
let image: string;
let random = 0;
const timeouts = { startup: 60_000, invocation: 60_000 };
const denied = new Set<string>();

const connect = () => {
  client = new SageMaker(shop.here.client);
  runtime = new SageMakerRuntime(shop.here.client);
};

beforeAll(async () => {
  shop = await workshop({
    random: () => random,
    sagemaker: { timeouts },
    cloud: {
      authorize: ({ principal, action, resources }) => {
        if (principal.roleArn && denied.has(action)) {
          throw new ServiceError('AccessDenied', `${principal.arn} may not ${action} on ${resources.join()}`);
        }
      },
    },
  });
  image = await shop.image(PROGRAM);
  connect();
});
afterEach(() => {
  random = 0;
  Object.assign(timeouts, { startup: 60_000, invocation: 60_000 });
  denied.clear();
});
afterAll(() => shop.close());

let names = 0;

async function model(word: string, more: { image?: string } = {}): Promise<string> {
  const ModelName = `Model-${++names}`;
  const folder = join(shop.here.stateDirectory, ModelName);
  mkdirSync(folder);
  writeFileSync(join(folder, 'word'), word);
  await create({ gzip: true, cwd: folder, file: `${folder}.tar.gz` }, ['word']);
  const Body = readFileSync(`${folder}.tar.gz`);
  const caller = { principal: shop.here.cloud.principals.operator };
  await shop.here.cloud.call(
    's3',
    'PutObject',
    { Bucket: 'bucket', Key: `${ModelName}.tar.gz`, Body },
    caller,
  );
  await client.createModel({
    ModelName,
    ExecutionRoleArn: ROLE,
    PrimaryContainer: {
      Image: more.image ?? image,
      ModelDataUrl: `s3://bucket/${ModelName}.tar.gz`,
      Environment: { MOOD: 'calm' },
    },
  });
  return ModelName;
}

async function config(
  words: string[],
  more: Partial<ProductionVariant> = {},
  capture?: object,
): Promise<string> {
  const EndpointConfigName = `Config-${++names}`;
  const ProductionVariants: ProductionVariant[] = [];
  for (const [i, word] of words.entries()) {
    ProductionVariants.push({
      ...{ VariantName: `v${i}`, ModelName: await model(word), InstanceType: 'ml.m5.large' },
      ...{ InitialInstanceCount: 1, InitialVariantWeight: 1, ...more },
    });
  }
  await client.createEndpointConfig({ EndpointConfigName, ProductionVariants, ...capture });
  return EndpointConfigName;
}

async function settled(EndpointName: string) {
  await shop.until(async () => {
    const { EndpointStatus } = await client.describeEndpoint({ EndpointName });
    return EndpointStatus !== 'Creating' && EndpointStatus !== 'Updating';
  });
  return client.describeEndpoint({ EndpointName });
}

async function endpoint(EndpointConfigName: string): Promise<string> {
  const EndpointName = `Endpoint-${++names}`;
  await client.createEndpoint({ EndpointName, EndpointConfigName });
  await settled(EndpointName);
  return EndpointName;
}

async function ask(EndpointName: string, body = 'x', more: Partial<InvokeEndpointCommandInput> = {}) {
  const answer = await runtime.invokeEndpoint({
    EndpointName,
    Body: body,
    ContentType: 'text/plain',
    ...more,
  });
  return { ...answer, said: JSON.parse(answer.Body!.transformToString()) as Record<string, string> };
}

test('an endpoint serves its model', async () => {
  const EndpointConfigName = await config(['one'], { InitialInstanceCount: 2 });
  const EndpointName = await endpoint(EndpointConfigName);
  expect(await client.describeEndpoint({ EndpointName })).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName,
    EndpointArn: `arn:aws:sagemaker:us-east-1:123456789012:endpoint/${EndpointName.toLowerCase()}`,
    ProductionVariants: [
      { VariantName: 'v0', CurrentWeight: 1, CurrentInstanceCount: 2, DesiredInstanceCount: 2 },
    ],
  });
  expect(await ask(EndpointName, 'hello', { Accept: 'application/json' })).toMatchObject({
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
  const { Endpoints } = await client.listEndpoints({});
  expect(Endpoints).toContainEqual(expect.objectContaining({ EndpointName, EndpointStatus: 'InService' }));
});

test.each<[string, () => Promise<string>, RegExp]>([
  [
    'its container ends',
    () => config(['broken']),
    /did not pass the ping health check.*exit code 4: cannot read the model/,
  ],
  [
    'its container answers no ping',
    () => {
      timeouts.startup = 300;
      return config(['unhealthy']);
    },
    /did not pass the ping health check\. Please check/,
  ],
  ['one of two variants does not start', () => config(['good', 'broken']), /exit code 4/],
])('a new endpoint fails if %s', async (_, make, reason) => {
  const EndpointName = await endpoint(await make());
  const description = await client.describeEndpoint({ EndpointName });
  expect(description.EndpointStatus).toBe('Failed');
  expect(description.FailureReason).toMatch(reason);
  await expect(ask(EndpointName)).rejects.toMatchObject({ name: 'ValidationError' });
  const update = client.updateEndpoint({ EndpointName, EndpointConfigName: description.EndpointConfigName });
  await expect(update).rejects.toThrow(/only be deleted/);
  await client.deleteEndpoint({ EndpointName });
});

test('a model artifact is read as the model’s role', async () => {
  const EndpointConfigName = await config(['secret']);
  denied.add('s3:GetObject');
  const EndpointName = await endpoint(EndpointConfigName);
  expect((await client.describeEndpoint({ EndpointName })).FailureReason).toMatch(
    /assumed-role\/Job\/SageMaker may not s3:GetObject/,
  );
});

test('an update switches to the new model, and no request fails meanwhile', async () => {
  const EndpointName = await endpoint(await config(['old']));
  const next = await config(['new']);
  await client.updateEndpoint({ EndpointName, EndpointConfigName: next });
  await expect(client.updateEndpoint({ EndpointName, EndpointConfigName: next })).rejects.toThrow(
    /Cannot update in-progress/,
  );
  await expect(client.deleteEndpoint({ EndpointName })).rejects.toThrow(/Cannot delete in-progress/);
  const words: string[] = [];
  const keepAsking = async () => {
    while (words.at(-1) !== 'new') words.push((await ask(EndpointName, 'slow')).said.word!);
  };
  await Promise.all([keepAsking(), keepAsking(), keepAsking()]);
  expect(words).toContain('old');
  expect(await settled(EndpointName)).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: next,
  });
});

test('after a failed update the old model serves on', async () => {
  const before = await config(['old']);
  const EndpointName = await endpoint(before);
  await client.updateEndpoint({ EndpointName, EndpointConfigName: await config(['broken']) });
  const description = await settled(EndpointName);
  expect(description).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: before });
  expect(description.FailureReason).toMatch(/exit code 4/);
  expect((await ask(EndpointName)).said.word).toBe('old');
});

test('traffic goes by weight, which can be changed, and to the variant that was asked for', async () => {
  const EndpointName = await endpoint(await config(['a', 'b']));
  const wordAt = async (share: number) => {
    random = share;
    return (await ask(EndpointName)).said.word;
  };
  expect([await wordAt(0), await wordAt(0.49), await wordAt(0.5), await wordAt(0.99)]).toEqual([
    'a',
    'a',
    'b',
    'b',
  ]);
  await client.updateEndpointWeightsAndCapacities({
    EndpointName,
    DesiredWeightsAndCapacities: [{ VariantName: 'v0', DesiredWeight: 3 }],
  });
  expect([await wordAt(0.7), await wordAt(0.8)]).toEqual(['a', 'b']);
  expect((await ask(EndpointName, 'x', { TargetVariant: 'v0' })).said.word).toBe('a');
  await expect(ask(EndpointName, 'x', { TargetVariant: 'v9' })).rejects.toMatchObject({
    name: 'ValidationError',
    message: expect.stringContaining('Variant v9 not found'),
  });
  const { ProductionVariants } = await client.describeEndpoint({ EndpointName });
  expect(ProductionVariants!.map(({ CurrentWeight }) => CurrentWeight)).toEqual([3, 1]);
});

describe('what goes wrong with a request', () => {
  let EndpointName: string;
  beforeAll(async () => (EndpointName = await endpoint(await config(['one']))));

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
  ])('the container answers %s', async (body, OriginalStatusCode, message, text) => {
    if (body === 'never') timeouts.invocation = 50;
    await expect(ask(EndpointName, body)).rejects.toMatchObject({
      name: 'ModelError',
      message: expect.stringMatching(text),
      OriginalStatusCode,
      OriginalMessage: expect.stringContaining(message),
      $metadata: expect.objectContaining({ httpStatusCode: 424 }),
    });
  });

  test('a body over 6 MB', async () => {
    await expect(ask(EndpointName, 'x'.repeat(6_291_457))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('6291457 exceeds the limit of 6291456'),
    });
  });

  test('an endpoint that is not there', async () => {
    await expect(ask('none')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Endpoint none of account 123456789012 not found.',
    });
  });

  test('a container that dies', async () => {
    await expect(ask(EndpointName, 'die')).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 0,
    });
    await expect(ask(EndpointName)).rejects.toThrow(/Unable to reach container primary/);
  });
});

test('a deleted endpoint is gone', async () => {
  const EndpointName = await endpoint(await config(['one']));
  await client.deleteEndpoint({ EndpointName });
  await expect(ask(EndpointName)).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(client.describeEndpoint({ EndpointName })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Could not find endpoint "arn:aws:sagemaker'),
  });
});

const variants = (...list: Partial<ProductionVariant>[]) => ({
  EndpointConfigName: `Config-${++names}`,
  ProductionVariants: list.map((variant) => ({ VariantName: 'v', ModelName: 'none', ...variant })),
});

test.each<[string, () => Promise<unknown>, string, RegExp]>([
  [
    'an endpoint without configuration',
    () => client.createEndpoint({ EndpointName: 'e', EndpointConfigName: 'none' }),
    'ValidationException',
    /Could not find endpoint configuration "arn/,
  ],
  [
    'an endpoint of a bad name',
    () => client.createEndpoint({ EndpointName: 'e_', EndpointConfigName: 'none' }),
    'ValidationException',
    /'e_' at 'endpointName'/,
  ],
  [
    'a configuration without model',
    () => client.createEndpointConfig(variants({})),
    'ValidationException',
    /Could not find model/,
  ],
  [
    'a serverless variant',
    async () =>
      client.createEndpointConfig(
        variants({
          ModelName: await model('x'),
          ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 },
        }),
      ),
    'NotImplemented',
    /serverless/,
  ],
  [
    'a model without image',
    () => client.createModel({ ModelName: 'm', ExecutionRoleArn: ROLE }),
    'ValidationException',
    /PrimaryContainer/,
  ],
  [
    'a model that is there',
    async () =>
      client.createModel({
        ModelName: await model('x'),
        ExecutionRoleArn: ROLE,
        PrimaryContainer: { Image: image },
      }),
    'ValidationException',
    /already existing model/,
  ],
  [
    'an update that keeps the old weights',
    async () =>
      client.updateEndpoint({
        EndpointName: await endpoint(await config(['x'])),
        EndpointConfigName: 'c',
        RetainAllVariantProperties: true,
      }),
    'NotImplemented',
    /RetainAllVariantProperties/,
  ],
  [
    'deleting what is not there',
    () => client.deleteEndpointConfig({ EndpointConfigName: 'none' }),
    'ValidationException',
    /Could not find endpoint configuration/,
  ],
])('refused: %s', async (_, attempt, name, message) => {
  await expect(attempt()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test('models and configurations are described and listed', async () => {
  const EndpointConfigName = await config(['one']);
  const { ProductionVariants, CreationTime } = await client.describeEndpointConfig({ EndpointConfigName });
  expect(CreationTime).toBeInstanceOf(Date);
  const ModelName = ProductionVariants![0]!.ModelName!;
  expect(await client.describeModel({ ModelName })).toMatchObject({
    ModelName,
    PrimaryContainer: { Image: image },
  });
  expect((await client.listModels({})).Models).toContainEqual(expect.objectContaining({ ModelName }));
  expect((await client.listEndpointConfigs({})).EndpointConfigs).toContainEqual(
    expect.objectContaining({ EndpointConfigName }),
  );
  await client.deleteModel({ ModelName });
  await expect(client.describeModel({ ModelName })).rejects.toThrow(/Could not find model/);
});

test('captured requests land in S3, and endpoints serve again when the cloud is back', async () => {
  const capture = {
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 50,
      DestinationS3Uri: 's3://bucket/capture/',
      CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    },
  };
  const EndpointConfigName = await config(['one'], {}, capture);
  const EndpointName = await endpoint(EndpointConfigName);
  await ask(EndpointName, '1,2', { ContentType: 'text/csv' });
  random = 0.5;
  await ask(EndpointName, 'not sampled');
  // One is being made while the cloud is closed.
  const unfinished = `Endpoint-${++names}`;
  await client.createEndpoint({ EndpointName: unfinished, EndpointConfigName: await config(['late']) });
  await shop.restart();
  connect();
  expect(await client.describeEndpoint({ EndpointName })).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName,
  });
  expect((await ask(EndpointName)).said.word).toBe('one');
  expect((await ask(unfinished)).said.word).toBe('late');
  const [key, ...others] = await shop.keys(`capture/${EndpointName}/v0/`);
  expect(others).toEqual([]);
  expect(key).toMatch(/\/v0\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-000-[0-9a-f-]+\.jsonl$/);
  const lines = (await shop.get(key!)).trimEnd().split('\n');
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
