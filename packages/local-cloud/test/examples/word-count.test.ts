import { S3 } from '@aws-sdk/client-s3';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram, ServedCloud } from '../../src/testing';
import { until } from '../support/until';

/** The README's start: the example, deployed by the unmodified CDK CLI to the served cloud. */

const EXAMPLE = join(__dirname, '../../examples/word-count');
const CDK = join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');

let folder: string;
let cloud: ServedCloud;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'example-'));
  cloud = await ServedCloud.start(join(folder, 'state'));
});
afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the example deploys, counts words in a Map, and has its schedule', async () => {
  const args = ['deploy', '--require-approval', 'never', '--output', join(folder, 'cdk.out')];
  const env = { ...cloud.env, CDK_VALIDATION: 'false' };
  const deployed = await runProgram(CDK, args, { cwd: EXAMPLE, env });
  expect(deployed).toMatchObject({ code: 0 });

  const { Stacks } = await new CloudFormation(cloud.client).describeStacks({ StackName: 'WordCount' });
  const outputs = Object.fromEntries(Stacks![0]!.Outputs!.map((each) => [each.OutputKey, each.OutputValue]));
  const s3 = new S3({ ...cloud.client, forcePathStyle: true });
  for (const [Key, Body] of Object.entries({ 'a.txt': 'one two', 'b.txt': ' three\nfour  five ' }))
    await s3.putObject({ Bucket: outputs.Bucket, Key, Body });

  const sfn = new SFN(cloud.client);
  const { executionArn } = await sfn.startExecution({ stateMachineArn: outputs.StateMachine });
  const execution = await until(async () => {
    const described = await sfn.describeExecution({ executionArn });
    return described.status !== 'RUNNING' && described;
  }, `${executionArn} has ended`);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(JSON.parse(execution.output!)).toEqual([
    { key: 'a.txt', words: 2 },
    { key: 'b.txt', words: 3 },
  ]);
  const { Schedules } = await new Scheduler(cloud.client).listSchedules({});
  expect(Schedules).toHaveLength(1);
});
