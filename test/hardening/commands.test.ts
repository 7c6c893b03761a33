import { S3 } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { startLocalCloud, type LocalCloud } from 'local-cloud';
import { coreOf } from 'local-cloud/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { main } from '../../cli/main';
import { layout } from '../../lib/contract/layout';
import type { Challenger, Champion } from '../../lib/contract/run';
import { addServing, BUCKET, configure, ENDPOINT, MACHINE, stack } from './serving-account';

/** Outputs of the pipeline's stacks; the commands know an account by them. */
const OUTPUTS = {
  Storage: { ArtifactsBucketName: BUCKET, DataBucketName: BUCKET, ModelPackageGroupName: 'models' },
  Pipeline: { StateMachineArn: MACHINE, EndpointName: ENDPOINT },
};

let folder: string;
let cloud: LocalCloud;
let s3: S3;
let sagemaker: SageMaker;
const before = { ...process.env };

/** The serving image of both models. */
let image: string;

/** Calls that are made before the command is cut off; each later one fails. */
let left = Infinity;

beforeAll(async () => {
  Object.defineProperty(Error, Symbol.hasInstance, {
    value(this: typeof Error, value: unknown) {
      return this === Error ? isNativeError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
  folder = mkdtempSync(join(tmpdir(), 'commands-'));
  cloud = await startLocalCloud({ stateDirectory: folder, python: 'python3', apiPort: 0 });
  const core = coreOf(cloud);
  const callByName = core.callByName.bind(core);
  core.callByName = async (service, operation, input, caller) => {
    if (caller.principal.kind === 'operator' && left-- <= 0) throw new Error('cut off');
    return callByName(service, operation, input, caller);
  };
  const options = cloud.clientOptions();
  Object.assign(process.env, cloud.environmentFor(), { AWS_MAX_ATTEMPTS: '1', CI: 'true' });
  for (const name of ['AWS_PROFILE', 'MLOPS_ENVIRONMENT', 'MLOPS_MODEL']) delete process.env[name];
  s3 = new S3({ ...options, forcePathStyle: true });
  sagemaker = new SageMaker(options);
  for (const [name, outputs] of Object.entries(OUTPUTS)) {
    await stack(cloud, `mlops-table-local-${name}`, {
      Resources: {
        Mark: { Type: 'AWS::SSM::Parameter', Properties: { Name: `/${name}`, Type: 'String', Value: 'x' } },
      },
      Outputs: Object.fromEntries(Object.entries(outputs).map(([key, Value]) => [key, { Value }])),
    });
  }
  image = await addServing(cloud, ['first', 'second']);
});
afterAll(async () => {
  process.env = before;
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  left = Infinity;
  jest.restoreAllMocks();
});

/** Runs a command. @param calls after which it is cut off */
async function mlops(args: readonly string[], calls = Infinity) {
  let stderr = '';
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += String(text))));
  left = calls;
  const code = await main(args).finally(() => {
    left = Infinity;
    // Of main(), which a process runs once.
    process.removeAllListeners('SIGINT');
    process.stdout.removeAllListeners('error');
  });
  return { code, stderr };
}

const model = (runId: string): Champion =>
  ({
    ...{
      runId,
      fingerprint: runId,
      modelName: runId,
      endpointConfigName: runId,
      modelDataUrl: `s3://${BUCKET}/${runId}/model.tar.gz`,
    },
    ...{
      inferenceImage: image,
      metrics: {},
      headline: { name: 'accuracy', value: 1 },
      deployedAt: '2026-01-01',
    },
  }) as unknown as Champion;

const put = (Key: string, value: object) =>
  s3.putObject({ Bucket: BUCKET, Key, Body: JSON.stringify(value) });

async function record<T>(Key: string): Promise<T | null> {
  const found = await s3.getObject({ Bucket: BUCKET, Key }).catch(() => null);
  return found && (JSON.parse(await found.Body!.transformToString()) as T);
}

/** Waits until the endpoint can be changed. @returns its configuration */
async function configInService(): Promise<string> {
  for (;;) {
    const { EndpointStatus, EndpointConfigName } = await sagemaker.describeEndpoint({
      EndpointName: ENDPOINT,
    });
    if (EndpointStatus === 'InService') return EndpointConfigName!;
  }
}

async function exists(name: string): Promise<boolean> {
  return sagemaker.describeEndpointConfig({ EndpointConfigName: name }).then(
    () => true,
    () => false,
  );
}

/** Two champions, of which the second serves; or a test of the second against the first. */
async function arrange(test: boolean): Promise<void> {
  const first = await sagemaker.describeModel({ ModelName: 'first' });
  if (!(await sagemaker.describeModel({ ModelName: 'second' }).catch(() => null))) {
    const { ExecutionRoleArn, PrimaryContainer } = first;
    await sagemaker.createModel({ ModelName: 'second', ExecutionRoleArn, PrimaryContainer });
  }
  if (!(await exists('second'))) await configure(sagemaker, 'second', ['second']);
  if (!(await exists('test'))) await configure(sagemaker, 'test', ['first', 'second']);
  const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket: BUCKET });
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
    if (Key === layout.champion || Key === layout.challenger)
      await s3.deleteObject({ Bucket: BUCKET, Key, VersionId });
  await put(layout.champion, model('first'));
  if (!test) await put(layout.champion, model('second'));
  else {
    const more = { strategy: 'abTest', testConfigName: 'test', against: 'first' } as const;
    await put(layout.challenger, { ...model('second'), ...more } satisfies Challenger);
  }
  const EndpointConfigName = test ? 'test' : 'second';
  if ((await configInService()) !== EndpointConfigName)
    await sagemaker.updateEndpoint({ EndpointName: ENDPOINT, EndpointConfigName });
  await configInService();
}

interface Result {
  champion: string | undefined;
  inService: string;
  tested: boolean;
  test: boolean;
  second: boolean;
}

async function result(): Promise<Result> {
  const champion = await record<Champion>(layout.champion);
  return {
    champion: champion?.runId,
    inService: await configInService(),
    tested: (await record(layout.challenger)) !== null,
    test: await exists('test'),
    second: await exists('second'),
  };
}

const COMMANDS: readonly (readonly [string, boolean, Result])[] = [
  ['rollback', false, { champion: 'first', inService: 'first', tested: false, test: true, second: true }],
  ['rollback', true, { champion: 'first', inService: 'first', tested: false, test: false, second: false }],
  ['promote', true, { champion: 'second', inService: 'second', tested: false, test: false, second: true }],
];

test.each(COMMANDS)(
  '%s, interrupted before each of its calls, is repeated (test: %s)',
  async (command, test, expected) => {
    for (let calls = 0; ; calls++) {
      await arrange(test);
      const { code, stderr } = await mlops([command], calls);
      if (code === 0) {
        expect(calls).toBeGreaterThan(8);
        expect(await result()).toEqual(expected);
        return;
      }
      expect([calls, code, stderr]).toEqual([
        calls,
        1,
        expect.stringMatching(/^mlops: .*(cut off|status 500).*\n$/),
      ]);
      await configInService();
      const again = await mlops([command]);
      expect([calls, again]).toEqual([calls, { code: 0, stderr: '' }]);
      expect([calls, await result()]).toEqual([calls, expected]);
    }
  },
  600_000,
);

test.each(COMMANDS)('%s twice at once is done once (test: %s)', async (command, test, expected) => {
  await arrange(test);
  const [one, other] = await Promise.all([mlops([command]), mlops([command])]);
  expect([one.code, other.code].sort()).toEqual([0, 1]);
  expect(one.stderr + other.stderr).toMatch(/^mlops: [^\n]+\n$/);
  expect(await result()).toEqual(expected);
});
