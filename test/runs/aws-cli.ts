import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../support/until';
import type { Story } from './story';
import type { DeployedPipeline } from './support';

/** Debian's package `awscli`. It does not know AWS_ENDPOINT_URL, so it needs `--endpoint-url`. */
const AWS = '/usr/bin/aws';

/** Tests the AWS CLI as an operator uses it. Skipped by name if Debian's is not installed. */
export function awsCliTests(
  { check }: Story,
  deployed: () => DeployedPipeline,
  instance: () => object,
): void {
  const installed = existsSync(AWS);
  const title = 'the AWS CLI starts and watches a run, lists a bucket and invokes the endpoint';
  const define = installed ? check : test.skip;
  define(installed ? title : `${title} (skipped: no ${AWS}; apt-get install awscli)`, async () => {
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
    await until('execution by-hand has ended', async () => (await describe()).status !== 'RUNNING');
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
