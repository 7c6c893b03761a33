import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SSM } from '@aws-sdk/client-ssm';
import { App, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { runProgram, ServedCloud, type Finished } from 'local-cloud/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { environments } from '../support/configs';
import { type PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import { pipelineId, resourcePrefix } from '../../lib/config';
import { story } from '../runs/story';

/**
 * The unmodified CDK CLI against `npm run cloud`: every environment is deployed, changed, broken and destroyed. The
 * tests build on each other, because each run of the CLI takes seconds.
 */

const { step } = story();
let folder: string;
let cloud: ServedCloud;
let cfn: CloudFormation;
let s3: S3;
let ssm: SSM;
let scheduler: Scheduler;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cdk-'));
  cloud = await ServedCloud.start(join(folder, 'state'));
  cfn = new CloudFormation(cloud.client);
  s3 = new S3({ ...cloud.client, forcePathStyle: true });
  ssm = new SSM(cloud.client);
  scheduler = new Scheduler(cloud.client);
});
afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A triggered run would write into buckets that the test deletes. */
const patient: PipelineConfig['triggers'] = {
  ...local.triggers,
  newData: { quietMinutes: 60, maxWaitMinutes: 60 },
  newCode: false,
};

/** Account and region of the local cloud, in place of `UNASSIGNED`. */
const HERE = { account: '123456789012', region: 'us-east-1' };

/** The app as `bin/app.ts` makes it, with changes. @returns the folder of its assembly */
function synthesise(
  name: string,
  change: (config: PipelineConfig) => PipelineConfig = (config) => config,
  complete: (stage: PipelineStage) => void = () => undefined,
): string {
  process.env.CDK_VALIDATION = 'false';
  const outdir = join(folder, name);
  const app = new App({ outdir, context });
  for (const environment of environments) {
    const id = pipelineId(environment);
    const config = change({ ...environment, ...(environment.account ? HERE : {}), triggers: patient });
    complete(new PipelineStage(app, id, { config, gitCommit: 'c0ffee' }));
  }
  app.synth();
  return outdir;
}

async function cdk(command: string, assembly: string, ...args: string[]): Promise<Finished> {
  const env = { ...cloud.env, HOME: folder, CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: '1' };
  const flags = ['--app', assembly, '--no-color', '--no-notices', '--ci'];
  return runProgram(require.resolve('aws-cdk/bin/cdk'), [command, ...args, ...flags], { env, cwd: folder });
}

const deploy = (assembly: string, ...stacks: string[]) =>
  cdk('deploy', assembly, ...stacks, '--require-approval', 'never');

/** Each stack of an environment with its status. */
async function statuses(environment: string): Promise<Record<string, string>> {
  const { Stacks = [] } = await cfn.describeStacks();
  const mine = Stacks.filter(({ StackName }) => StackName!.startsWith(`${environment}-`));
  return Object.fromEntries(
    mine.map(({ StackName, StackStatus }) => [
      StackName!.slice(environment.length + 1).split('-')[0]!,
      StackStatus!,
    ]),
  );
}

async function output(StackName: string, name: string): Promise<string> {
  const { Stacks } = await cfn.describeStacks({ StackName });
  return Stacks![0]!.Outputs!.find(({ OutputKey }) => OutputKey === name)!.OutputValue!;
}

const allOf = (status: string) => ({ Storage: status, Pipeline: status, Inference: status });
const changed = (config: PipelineConfig): PipelineConfig => ({
  ...config,
  logRetentionDays: 90,
  api: { ...config.api, dailyQuota: 7 },
});

let original: string;
let dataBucket: string;
let apiKeyId: string;
let parameterName: string;

step('cdk deploy creates every environment and shows its outputs', async () => {
  original = synthesise('original');
  const { code, output: said } = await deploy(original, ...environments.map((e) => `${pipelineId(e)}/*`));
  expect([code, said]).toEqual([0, expect.stringContaining('✅  table-local/Pipeline')]);
  for (const config of environments)
    expect(await statuses(resourcePrefix(config))).toEqual({
      ...allOf('CREATE_COMPLETE'),
      ...(config.network && { Network: 'CREATE_COMPLETE' }),
    });
  dataBucket = await output('mlops-table-local-Storage', 'DataBucketName');
  expect(said).toContain(`DataBucketName = ${dataBucket}`);
  apiKeyId = await output('mlops-table-local-Inference', 'ApiKeyId');
  const { Stacks } = await cfn.describeStacks({ StackName: 'mlops-table-dev-Storage' });
  expect(Stacks![0]!.EnableTerminationProtection).toBe(true);
});

step('cdk diff shows the effects of a changed configuration', async () => {
  await s3.putObject({ Bucket: dataBucket, Key: 'data/part-1.csv', Body: 'a,b\n1,2\n' });
  const path = await output('mlops-table-local-Pipeline', 'HyperparameterPath');
  const { Parameters } = await ssm.getParametersByPath({ Path: path, Recursive: true });
  parameterName = Parameters![0]!.Name!;
  await ssm.putParameter({ Name: parameterName, Value: '7', Overwrite: true });
  const { code, output: said } = await cdk(
    'diff',
    synthesise('changed', changed),
    'table-local/Pipeline',
    '--exclusively',
  );
  expect([code, said]).toEqual([0, expect.stringMatching(/RetentionInDays[\s\S]*\[-\] 30[\s\S]*\[\+\] 90/)]);
  expect(said).toContain('Number of stacks with differences: 1');
  expect(said).not.toMatch(/be replaced|requires replacement|destroy/);
});

step('cdk deploy updates in place, and keeps data and parameter values', async () => {
  const { code, output: said } = await deploy(join(folder, 'changed'), 'table-local/*');
  expect([code, said]).toEqual([
    0,
    expect.stringContaining('✅  table-local/Storage (mlops-table-local-Storage) (no changes)'),
  ]);
  expect(await statuses('mlops-table-local')).toEqual({
    ...allOf('UPDATE_COMPLETE'),
    Storage: 'CREATE_COMPLETE',
  });
  expect(await output('mlops-table-local-Storage', 'DataBucketName')).toBe(dataBucket);
  expect(await output('mlops-table-local-Inference', 'ApiKeyId')).toBe(apiKeyId);
  const { Body } = await s3.getObject({ Bucket: dataBucket, Key: 'data/part-1.csv' });
  expect(await Body!.transformToString()).toBe('a,b\n1,2\n');
  expect((await ssm.getParameter({ Name: parameterName })).Parameter!.Value).toBe('7');
});

step('a failed update rolls back and shows the reason', async () => {
  const before = await cfn.getTemplate({ StackName: 'mlops-table-local-Pipeline' });
  const broken = synthesise('broken', undefined, (stage) => {
    const pipeline = stage.node.findChild('Pipeline') as Stack;
    new StringParameter(pipeline, 'Taken', { parameterName, stringValue: 'x' });
  });
  const { code, output: said } = await deploy(broken, 'table-local/Pipeline', '--exclusively');
  expect([code, said]).toEqual([1, expect.stringMatching(/Taken\w+\)?\s+The parameter already exists/)]);
  expect(await statuses('mlops-table-local')).toMatchObject({ Pipeline: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(await cfn.getTemplate({ StackName: 'mlops-table-local-Pipeline' })).toMatchObject({
    TemplateBody: before.TemplateBody,
  });
  expect((await ssm.getParameter({ Name: parameterName })).Parameter!.Value).toBe('7');
});

step('cdk destroy deletes all that is not retained, once the bucket is empty', async () => {
  // The upload has scheduled a run; the schedule is in the stack's group, not in a template.
  const nextRuns = async () => (await scheduler.listSchedules({ NamePrefix: 'next-run' })).Schedules;
  expect(await nextRuns()).toHaveLength(1);
  const refused = await cdk('destroy', original, 'table-local/*', '--force');
  expect([refused.code, refused.output]).toEqual([
    1,
    expect.stringMatching(/The bucket you tried to delete is not empty/),
  ]);
  expect(await statuses('mlops-table-local')).toEqual({ Storage: 'DELETE_FAILED' });
  expect(await nextRuns()).toEqual([]);
  const { Versions = [] } = await s3.listObjectVersions({ Bucket: dataBucket });
  for (const { Key, VersionId } of Versions) await s3.deleteObject({ Bucket: dataBucket, Key, VersionId });
  expect((await cdk('destroy', original, 'table-local/*', '--force')).code).toBe(0);
  expect(await statuses('mlops-table-local')).toEqual({});
  const { Buckets = [] } = await s3.listBuckets();
  expect(Buckets.filter(({ Name }) => Name!.startsWith('local-'))).toEqual([]);
});
