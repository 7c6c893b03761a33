import { RESOURCE_TYPES } from '../../../src/services';
import type { Existing, Properties, ResourceContext } from '../../../src/core/resource-type';
import { lambdaCloud, ROLE, type LambdaCloud } from './functions';

const type = RESOURCE_TYPES['AWS::Lambda::Function']!;
let lambda: LambdaCloud;
let context: ResourceContext;
beforeAll(async () => {
  lambda = await lambdaCloud();
  const { cloud } = lambda.here;
  const caller = { principal: cloud.principals.operator };
  context = { cloud, caller, stackName: 'Stack', logicalId: 'Fn', made: () => undefined };
});
afterAll(() => lambda.here.close());

const minimal: Properties = {
  Code: { ZipFile: 'exports.handler = async () => "inline"' },
  ...{ Handler: 'index.handler', Role: ROLE, Runtime: 'nodejs24.x' },
};

async function made(properties: Properties): Promise<Existing> {
  return { ...(await type.create(properties, context)), properties };
}

const get = (FunctionName: string) => lambda.client.getFunction({ FunctionName });

test('inline code is the file index.js', async () => {
  const { physicalId } = await made(minimal);
  expect(await lambda.invoke(physicalId)).toMatchObject({ answer: 'inline' });
});

test('changed inline code is deployed', async () => {
  const existing = await made(minimal);
  const Code = { ZipFile: 'exports.handler = async () => "changed"' };
  await type.update!({ ...minimal, Code }, context, existing);
  expect(await lambda.invoke(existing.physicalId)).toMatchObject({ answer: 'changed' });
});

test('reserved concurrency throttles, and its removal ends that', async () => {
  const reserved = { ...minimal, ReservedConcurrentExecutions: 0 };
  const existing = await made(reserved);
  expect((await get(existing.physicalId)).Concurrency).toEqual({ ReservedConcurrentExecutions: 0 });
  await expect(lambda.invoke(existing.physicalId)).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  });
  await type.update!(minimal, context, existing);
  expect((await get(existing.physicalId)).Concurrency).toBeUndefined();
  expect(await lambda.invoke(existing.physicalId)).toMatchObject({ answer: 'inline' });
});

test('invocations beyond the reserved concurrency are throttled', async () => {
  const { physicalId } = await made({
    ...minimal,
    Code: { ZipFile: 'exports.handler = () => new Promise((done) => setTimeout(done, 1000))' },
    ReservedConcurrentExecutions: 1,
  });
  const outcomes = await Promise.allSettled([lambda.invoke(physicalId), lambda.invoke(physicalId)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a reservation leaves 100 concurrent executions to the other functions', async () => {
  const { physicalId } = await made({ ...minimal, ReservedConcurrentExecutions: 899 });
  await expect(made({ ...minimal, ReservedConcurrentExecutions: 1 })).rejects.toMatchObject({
    code: 'InvalidParameterValueException',
    message:
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
  });
  await lambda.client.deleteFunctionConcurrency({ FunctionName: physicalId });
  expect(await lambda.client.getFunctionConcurrency({ FunctionName: physicalId })).not.toHaveProperty(
    'ReservedConcurrentExecutions',
  );
});

test('an update changes tags', async () => {
  const tags = (...list: [string, string][]) => ({
    ...minimal,
    Tags: list.map(([Key, Value]) => ({ Key, Value })),
  });
  const existing = await made(tags(['a', '1'], ['b', '1']));
  await type.update!(tags(['b', '2'], ['c', '1']), context, existing);
  expect((await get(existing.physicalId)).Tags).toEqual({ b: '2', c: '1' });
  const { FunctionArn } = (await get(existing.physicalId)).Configuration!;
  expect((await lambda.client.listTags({ Resource: FunctionArn })).Tags).toEqual({ b: '2', c: '1' });
});

test('removed properties return to their defaults', async () => {
  const before = await made(minimal);
  const plain = (await get(before.physicalId)).Configuration!;
  const full: Properties = {
    ...minimal,
    ...{ Description: 'does', Timeout: 60, MemorySize: 512, Architectures: ['arm64'] },
    Environment: { Variables: { MODE: 'x' } },
    TracingConfig: { Mode: 'Active' },
    LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG', LogGroup: '/own' },
  };
  await type.update!(full, context, before);
  expect((await get(before.physicalId)).Configuration).toMatchObject({ Timeout: 60, Description: 'does' });
  const json = { ...full, LoggingConfig: { LogFormat: 'JSON', LogGroup: '/own' } };
  await type.update!(json, context, { ...before, properties: full });
  expect((await get(before.physicalId)).Configuration!.LoggingConfig).toMatchObject({
    ApplicationLogLevel: 'INFO',
  });
  await type.update!(minimal, context, { ...before, properties: json });
  const {
    LastModified: _time,
    RevisionId: _revision,
    VpcConfig: _none,
    ...after
  } = (await get(before.physicalId)).Configuration!;
  // Both empty: the VPC settings of a function outside of a VPC.
  expect(plain).toMatchObject(after);
});

test('a permission for a role that does not exist is refused', async () => {
  const { physicalId: FunctionName } = await made(minimal);
  const permission = (Principal: string) =>
    RESOURCE_TYPES['AWS::Lambda::Permission']!.create(
      { FunctionName, Principal, Action: 'lambda:InvokeFunction' },
      context,
    );
  await permission(ROLE);
  await expect(permission(`${ROLE}-gone`)).rejects.toMatchObject({
    code: 'InvalidParameterValueException',
    message: 'The provided principal was invalid. Please check the principal and try again.',
  });
});
