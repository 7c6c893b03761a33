import type { InvokeCommandInput } from '@aws-sdk/client-lambda';
import { lambdaCloud, ROLE, zip, type LambdaCloud } from './functions';
import { until } from '../../support/until';

let lambda: LambdaCloud;

beforeAll(async () => {
  lambda = await lambdaCloud({ maxConcurrency: 3 });
});
afterAll(() => lambda.here.close());

/** Runs the action that the event names; counts the invocations of its process. */
const HANDLER = `
let count = 0;
exports.handler = async (event, context) => {
  count += 1;
  if (event.say) console.log(event.say);
  if (event.warn) process.stderr.write(event.warn);
  if (event.boom) throw new TypeError(event.boom);
  if ('exit' in event) process.exit(event.exit);
  if (event.hang) await new Promise((resolve) => setTimeout(resolve, 60000));
  if (event.never) await new Promise(() => undefined);
  if (event.bytes) return 'x'.repeat(event.bytes);
  return { count, pid: process.pid, env: process.env, cwd: process.cwd(), id: context.awsRequestId,
    arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(), client: context.clientContext, event };
};`;

test('a handler gets its event and context, and the same process runs the next invocation', async () => {
  const arn = await lambda.create('again', HANDLER, { Timeout: 10 });
  const first = await lambda.invoke('again', { a: ['ü'] });
  expect(first).toMatchObject({ error: undefined, answer: { count: 1, arn, event: { a: ['ü'] } } });
  const { left, pid, cwd } = first.answer as { left: number; pid: number; cwd: string };
  expect(left).toBeGreaterThan(5000);
  expect(cwd).not.toContain(process.cwd());
  const ClientContext = Buffer.from('{"custom":{"k":"v"}}').toString('base64');
  const second = await lambda.invoke('again', {}, { ClientContext });
  expect(second.answer).toMatchObject({ count: 2, pid, client: { custom: { k: 'v' } } });
});

test('a process has the variables that Lambda sets, and none of its parent', async () => {
  process.env.SECRET_OF_THE_PARENT = 'x';
  await lambda.create('env', HANDLER, {
    MemorySize: 256,
    Environment: { Variables: { TABLE: 'users', AWS_ENDPOINT_URL_S3: 'http://own' } },
  });
  const { env } = (await lambda.invoke('env')).answer as { env: Record<string, string> };
  delete process.env.SECRET_OF_THE_PARENT;
  expect(env).toMatchObject({
    AWS_ENDPOINT_URL: lambda.here.cloud.endpoint,
    AWS_ENDPOINT_URL_S3: 'http://own',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_FUNCTION_NAME: 'env',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/env',
    AWS_REGION: 'us-east-1',
    TABLE: 'users',
    _HANDLER: 'index.handler',
  });
  expect(env.AWS_LAMBDA_LOG_STREAM_NAME).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  expect(lambda.here.cloud.principals.find(env.AWS_ACCESS_KEY_ID!)?.principal).toMatchObject({
    roleArn: ROLE,
    sessionName: 'env',
  });
  expect(env).not.toHaveProperty('SECRET_OF_THE_PARENT');
});

test("the runtime's SDK calls the cloud as the function's role, from CommonJS and from modules", async () => {
  const call = 'new SSM().putParameter({ Name: "/from/" + event.from, Value: "v", Type: "String" })';
  const sources = {
    'index.js': `const { SSM } = require('@aws-sdk/client-ssm'); exports.handler = (event) => ${call};`,
    'module.mjs': `import { SSM } from '@aws-sdk/client-ssm'; export const handler = (event) => ${call};`,
  };
  const Code = { ZipFile: zip(sources) };
  for (const from of ['index', 'module']) {
    await lambda.create(`sdk-${from}`, '', { Code, Handler: `${from}.handler`, Timeout: 10 });
    expect(await lambda.invoke(`sdk-${from}`, { from })).toMatchObject({ answer: { Version: 1 } });
  }
  const calls = lambda.here.cloud.journal.entries().filter(({ operation }) => operation === 'PutParameter');
  expect(calls.map(({ principal }) => principal)).toEqual([
    'arn:aws:sts::123456789012:assumed-role/fn/sdk-index',
    'arn:aws:sts::123456789012:assumed-role/fn/sdk-module',
  ]);
});

test('a bundle cannot load packages that only this project has installed', async () => {
  await lambda.create('lacking', "require('fflate'); exports.handler = async () => 1;");
  const { answer, error } = await lambda.invoke('lacking');
  expect({ answer, error }).toMatchObject({
    error: 'Unhandled',
    answer: {
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringContaining("Cannot find module 'fflate'"),
    },
  });
});

test.each<[string, object, object]>([
  ['an error', { boom: 'bad' }, { errorType: 'TypeError', errorMessage: 'bad', trace: expect.any(Array) }],
  [
    'an exit',
    { exit: 3 },
    {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 3$/),
    },
  ],
  [
    'an exit without a reason',
    { exit: 0 },
    {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/Runtime exited without providing a reason$/),
    },
  ],
  [
    'a promise that never settles',
    { never: true },
    { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/Runtime exited without/) },
  ],
  [
    'a timeout',
    { hang: true },
    {
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1.00 seconds$/),
    },
  ],
  [
    'a response of more than 6 MB',
    { bytes: 6_291_556 },
    { errorType: 'Function.ResponseSizeTooLarge', errorMessage: expect.stringContaining('6291558 bytes') },
  ],
])('%s is a function error, after which the function works again', async (name, event, answer) => {
  const FunctionName = name.replaceAll(' ', '-');
  await lambda.create(FunctionName, HANDLER, { Timeout: 1 });
  expect(await lambda.invoke(FunctionName, event)).toMatchObject({ error: 'Unhandled', answer });
  expect(await lambda.invoke(FunctionName)).toMatchObject({ error: undefined, answer: { event: {} } });
});

test.each<[string, string, Record<string, string>, string, RegExp]>([
  [
    'no handler',
    'index.handler',
    { 'index.js': 'exports.other = 1;' },
    'Runtime.HandlerNotFound',
    /index.handler is undefined/,
  ],
  [
    'no module',
    'missing.handler',
    { 'index.js': '' },
    'Runtime.ImportModuleError',
    /Cannot find module 'missing'/,
  ],
  [
    'a syntax error',
    'index.handler',
    { 'index.js': 'exports.handler = {' },
    'Runtime.UserCodeSyntaxError',
    /SyntaxError/,
  ],
  [
    'an error at its start',
    'index.handler',
    { 'index.js': 'throw new RangeError("no variable X");' },
    'RangeError',
    /no variable X/,
  ],
  [
    'a callback handler',
    'index.handler',
    { 'index.js': 'exports.handler = (a, b, c) => c();' },
    'Runtime.CallbackHandlerDeprecated',
    /callback/,
  ],
])('a bundle with %s fails its invocations by name', async (name, Handler, files, errorType, message) => {
  const FunctionName = name.replaceAll(' ', '-');
  await lambda.create(FunctionName, '', { Handler, Code: { ZipFile: zip(files) } });
  const { answer, error, log } = await lambda.invoke(FunctionName);
  expect({ answer, error }).toEqual({
    error: 'Unhandled',
    answer: { errorType, errorMessage: expect.stringMatching(message), trace: expect.any(Array) },
  });
  expect(log).toContain(`Status: failure\tError Type: ${errorType}`);
});

test('concurrent invocations run in separate processes, up to the limit', async () => {
  await lambda.create('many', HANDLER, { Timeout: 1 });
  const busy = Array.from({ length: 3 }, () => lambda.invoke('many', { hang: true }));
  await expect(Promise.race([...busy, refused()])).resolves.toBe('refused');
  expect(new Set((await Promise.all(busy)).map(({ error }) => error))).toEqual(new Set(['Unhandled']));

  async function refused(): Promise<string> {
    return until(async () => {
      const attempt = lambda.invoke('many', { hang: true });
      const outcome = await attempt.catch((error: Error) => error);
      if (!(outcome instanceof Error)) return undefined;
      expect(outcome).toMatchObject({ name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } });
      expect(outcome).toMatchObject({ Reason: 'ConcurrentInvocationLimitExceeded' });
      return 'refused';
    }, 'an invocation is refused');
  }
});

test('an idle process ends after the idle time, and the next invocation starts a new one', async () => {
  const impatient = await lambdaCloud({ idleSeconds: 0 });
  await impatient.create('brief', HANDLER);
  const pids = [];
  for (let i = 0; i < 2; i += 1) {
    const { answer } = await impatient.invoke('brief');
    expect(answer).toMatchObject({ count: 1 });
    pids.push((answer as { pid: number }).pid);
  }
  await impatient.here.close();
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('DryRun checks and runs nothing', async () => {
  await lambda.create('dry', HANDLER);
  const { StatusCode } = await lambda.client.invoke({ FunctionName: 'dry', InvocationType: 'DryRun' });
  expect(StatusCode).toBe(204);
});

test.each<[string, Partial<InvokeCommandInput>, string, RegExp]>([
  [
    'a payload that is not JSON',
    { Payload: '{' },
    'InvalidRequestContentException',
    /Could not parse request body into json/,
  ],
  [
    'a payload of more than 6 MB',
    { Payload: `"${'x'.repeat(6_291_555)}"` },
    'RequestTooLargeException',
    /smaller than 6291556 bytes.*has 6291557/,
  ],
  [
    'an asynchronous payload of more than 1 MB',
    { InvocationType: 'Event', Payload: `"${'x'.repeat(1_048_576)}"` },
    'RequestTooLargeException',
    /smaller than 1048576 bytes/,
  ],
  [
    'an unknown function',
    { FunctionName: 'nobody' },
    'ResourceNotFoundException',
    /Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody$/,
  ],
  ['an unknown version', { Qualifier: '7' }, 'ResourceNotFoundException', /function:checked:7$/],
])('%s is refused', async (_, input, name, message) => {
  await lambda.create('checked', HANDLER).catch(() => undefined);
  const attempt = lambda.client.invoke({ FunctionName: 'checked', ...input });
  await expect(attempt).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test.each([
  'named',
  'function:named',
  '123456789012:function:named',
  'arn:aws:lambda:us-east-1:123456789012:function:named',
  'named:$LATEST',
])('the function can be invoked as %s', async (FunctionName) => {
  await lambda.create('named', HANDLER).catch(() => undefined);
  const { StatusCode } = await lambda.client.invoke({ FunctionName, InvocationType: 'DryRun' });
  expect(StatusCode).toBe(204);
});
