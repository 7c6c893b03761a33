import { SageMaker, type CreateTransformJobCommandInput } from '@aws-sdk/client-sagemaker';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import { ServiceError } from '../../../src/model/errors';
import { stepfunctions } from '../../../src/services/stepfunctions';
import { ROLE, jobCloud, type JobCloud } from '../../jobs/job-cloud';

/** Answers each request with its model's word and the request; some records make it fail. */
const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
const word = fs.readFileSync(path.join(process.env.SAGEMAKER_BASE_DIR, 'model/word'), 'utf8');
if (word === 'broken') process.exit(4);
let failures = 0;
require('node:http').createServer((request, response) => {
  if (request.url === '/ping') return response.end();
  if (request.url === '/execution-parameters') {
    return word === 'modest' ? response.end('{"BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 1}') : response.writeHead(404).end();
  }
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    if (body === 'bad') return response.writeHead(400).end('no such feature');
    if (body === 'bug') return response.writeHead(500).end('oops');
    if (body === 'flaky' && failures++ < 2) return response.writeHead(503).end();
    if (body === 'never') return console.log('waiting');
    if (body === 'die') process.exit(1);
    if (body === 'environment') body = [process.argv[2], process.env.MOOD, process.env.SIZE, process.env.SAGEMAKER_BATCH, process.env.SAGEMAKER_BATCH_STRATEGY, request.headers['content-type'], request.headers.accept].join();
    response.end(word + '(' + body + ')');
  });
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

export type Change = Partial<CreateTransformJobCommandInput>;

export const input = (prefix: string, more: object = {}) => ({
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://bucket/${prefix}` } },
  ...more,
});

/** A cloud with three models, `good`, `broken` and `modest`, and the resources that transform jobs need. */
export class TransformFixture {
  client: SageMaker;
  /** Number of started jobs; the next one is `job-<jobs + 1>`. */
  jobs = 0;

  private constructor(
    readonly jobsCloud: JobCloud,
    /** Actions that roles are denied. */
    readonly denied: Set<string>,
  ) {
    this.client = new SageMaker(jobsCloud.here.client);
  }

  static async open(): Promise<TransformFixture> {
    const denied = new Set<string>();
    const jobsCloud = await jobCloud({
      services: [stepfunctions],
      cloud: {
        authorizer:
          () =>
          ({ principal, action, resources }) => {
            if (!principal.roleArn || !denied.has(action)) return;
            throw new ServiceError(
              'AccessDenied',
              `${principal.arn} may not ${action} on ${resources.join()}`,
            );
          },
      },
    });
    const fixture = new TransformFixture(jobsCloud, denied);
    const image = await jobsCloud.image(PROGRAM);
    for (const word of ['good', 'broken', 'modest']) await fixture.createModel(word, image);
    return fixture;
  }

  /** Starts a job on its own prefix with these objects; results are written to `out/<job>/`. */
  async start(objects: Record<string, string>, change: Change = {}): Promise<string> {
    const TransformJobName = `job-${++this.jobs}`;
    for (const [key, body] of Object.entries(objects))
      await this.jobsCloud.put(`in/${TransformJobName}/${key}`, body);
    await this.client.createTransformJob({
      ...{ TransformJobName, ModelName: 'good', ModelClientConfig: { InvocationsMaxRetries: 2 } },
      TransformInput: input(`in/${TransformJobName}/`),
      TransformOutput: { S3OutputPath: `s3://bucket/out/${TransformJobName}` },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      ...change,
    });
    return TransformJobName;
  }

  async ended(TransformJobName: string) {
    await this.jobsCloud.event(
      ({ detail }) =>
        detail.TransformJobName === TransformJobName &&
        ['Completed', 'Failed', 'Stopped'].includes(String(detail.TransformJobStatus)),
    );
    return this.client.describeTransformJob({ TransformJobName });
  }

  async results(job: string): Promise<Record<string, string>> {
    const keys = await this.jobsCloud.keys(`out/${job}/`);
    const texts = await Promise.all(keys.map((key) => this.jobsCloud.get(key)));
    return Object.fromEntries(keys.map((key, i) => [key.slice(`out/${job}/`.length), texts[i]!]));
  }

  async run(objects: Record<string, string>, change: Change = {}) {
    const job = await this.start(objects, change);
    return { job, ...(await this.ended(job)), results: await this.results(job) };
  }

  async log(): Promise<string> {
    return (await this.jobsCloud.log('/aws/sagemaker/TransformJobs')).join('\n');
  }

  /** Closes the cloud and opens it again. */
  async restart(): Promise<void> {
    await this.jobsCloud.restart();
    this.client = new SageMaker(this.jobsCloud.here.client);
  }

  private async createModel(word: string, image: string): Promise<void> {
    const { here } = this.jobsCloud;
    const folder = join(here.stateDirectory, word);
    mkdirSync(folder);
    writeFileSync(join(folder, 'word'), word);
    await create({ gzip: true, cwd: folder, file: `${folder}.tar.gz` }, ['word']);
    const object = { Bucket: 'bucket', Key: `models/${word}.tar.gz`, Body: readFileSync(`${folder}.tar.gz`) };
    await here.cloud.call('s3', 'PutObject', object, { principal: here.cloud.principals.operator });
    const container = { Image: image, ModelDataUrl: `s3://bucket/models/${word}.tar.gz` };
    const PrimaryContainer = { ...container, Environment: { MOOD: 'calm', SIZE: 'small' } };
    await this.client.createModel({ ModelName: word, ExecutionRoleArn: ROLE, PrimaryContainer });
  }
}
