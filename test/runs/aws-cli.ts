import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout } from 'node:timers/promises';
import type { DeployedPipeline } from './support';

/** Debian's package `awscli`; it is older than AWS_ENDPOINT_URL, so it is told the address. */
const AWS = '/usr/bin/aws';

/** What an operator does with the AWS CLI. Skipped, by name, where Debian's is not installed. */
export function awsCliTests(deployed: () => DeployedPipeline, instance: () => object): void {
  const installed = existsSync(AWS);
  const title = 'the AWS CLI runs, watches, lists and asks';
  const there = installed ? test : test.skip;
  there(installed ? title : `${title} (skipped: no ${AWS}; apt-get install awscli)`, async () => {
    const { session } = deployed();
    const { outputs } = session;
    const { endpoint, region, credentials } = session.cloud.clientOptions();
    const aws = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)(
        AWS,
        ['--endpoint-url', endpoint, '--region', region, '--output', 'json', ...args],
        {
          env: {
            ...process.env,
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
            AWS_PAGER: '',
          },
        },
      );
      return stdout;
    };
    const json = async <T>(...args: string[]) => JSON.parse(await aws(...args)) as T;

    const { executionArn } = await json<{ executionArn: string }>(
      ...['stepfunctions', 'start-execution', '--state-machine-arn', outputs.StateMachineArn],
      ...['--name', 'by-hand', '--input', '{}'],
    );
    const describe = () =>
      json<{ status: string }>('stepfunctions', 'describe-execution', '--execution-arn', executionArn);
    while ((await describe()).status === 'RUNNING') await setTimeout(50);
    expect(await describe()).toMatchObject({ name: 'by-hand', status: 'SUCCEEDED' });
    const { events } = await json<{ events: { type: string }[] }>(
      ...['stepfunctions', 'get-execution-history', '--execution-arn', executionArn],
    );
    expect([events[0]!.type, events.at(-1)!.type]).toEqual(['ExecutionStarted', 'ExecutionSucceeded']);

    const listing = await aws('s3', 'ls', `s3://${outputs.ArtifactsBucketName}/`);
    expect(listing).toMatch(/PRE runs\/\n/);
    expect(listing).toMatch(/ champion\.json\n/);

    const folder = mkdtempSync(join(tmpdir(), 'aws-cli-'));
    try {
      const [body, answer] = [join(folder, 'body.json'), join(folder, 'answer.json')];
      writeFileSync(body, JSON.stringify({ instances: [instance()] }));
      await aws(
        ...['sagemaker-runtime', 'invoke-endpoint', '--endpoint-name', outputs.EndpointName],
        ...['--content-type', 'application/json', '--body', `fileb://${body}`, answer],
      );
      expect(JSON.parse(readFileSync(answer, 'utf8'))).toMatchObject({
        predictions: [{ label: expect.any(String) as string }],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
