import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  CreateProcessingJobCommand,
  DescribeEndpointCommand,
  DescribeProcessingJobCommand,
  ListProcessingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { images } from '../../examples/images/model';
import { trips } from '../../examples/own-server/model';
import { text } from '../../examples/text/model';
import { local } from '../../lib';
import { pipelineConfig, resourcePrefix } from '../../lib/config';
import { goldenBody, type GoldenRequest } from '../../lib/contract/golden';
import { hyperparameterPath } from '../../lib/contract/hyperparameters';
import { GOLDEN_FILE, layout } from '../../lib/contract/layout';
import { until } from '../support/until';
import { assemblyOf } from '../runs/assembly';
import { story } from '../runs/story';
import { DeployedPipeline } from '../runs/support';

/** A request that the model refuses: with a sentence of its program, or of the gateway. */
const EXAMPLES = [
  { model: images, wrongBody: Buffer.from('not an image'), sentence: /PNG/, otherType: 'application/json' },
  { model: text, wrongBody: Buffer.from('{}'), sentence: /JSON schema/, otherType: 'text/plain' },
  { model: trips, wrongBody: Buffer.from('{"rows":[{}]}'), sentence: /rows\[0\]/, otherType: 'text/csv' },
] as const;
type Name = 'images' | 'text' | 'trips';

const config = (name: Name) =>
  pipelineConfig('mlops', EXAMPLES.find(({ model }) => model.name === name)!.model, local);

/** The worked examples, deployed side by side: one account, one environment. */
describe('images, text and a server of one’s own in one account', () => {
  const { step, check } = story();
  const pipelines = new Map<string, DeployedPipeline>();
  const of = (name: Name) => pipelines.get(name)!;
  const assemblies: string[] = [];
  const versions = new Map<string, string>();

  beforeAll(async () => {
    for (const { model } of EXAMPLES) {
      const own = config(model.name as Name);
      const assembly = assemblyOf(own);
      assemblies.push(assembly);
      const [first] = pipelines.values();
      pipelines.set(
        model.name,
        first ? await first.beside(own, assembly) : await DeployedPipeline.open({ assembly, config: own }),
      );
    }
  });
  afterAll(async () => {
    await pipelines.values().next().value?.close();
    for (const assembly of assemblies) rmSync(assembly, { recursive: true, force: true });
  });

  step(
    'each deploys its first model, and its API answers a golden request as the evaluation did',
    async () => {
      const runs = await Promise.all([...pipelines.values()].map((pipeline) => pipeline.run()));
      for (const run of runs) {
        expect(run).toMatchObject({ decision: 'deployed', prediction: { difference: null } });
        versions.set(run.model, run.runId);
      }
      expect([...versions.keys()].sort()).toEqual(['images', 'text', 'trips']);
    },
  );

  check.each(EXAMPLES)(
    '$model.name refuses a wrong body with 400 and another type with 415, each with a sentence',
    async ({ model, wrongBody, sentence, otherType }) => {
      const pipeline = of(model.name as Name);
      const { contentType } = model.api.accepts[0]!;
      const wrong = await pipeline.predict(wrongBody, { 'content-type': contentType });
      expect(wrong).toMatchObject({
        status: 400,
        body: { error: { message: expect.stringMatching(sentence) } },
      });
      const [golden] = await goldenOf(pipeline);
      const other = await pipeline.predict(goldenBody(golden!), { 'content-type': otherType });
      expect(other).toMatchObject({
        status: 415,
        body: { error: { message: `header content-type is "${otherType}"; must be ${contentType}` } },
      });
    },
  );

  check.each(EXAMPLES)('$model.name describes its requests at GET /schema', async ({ model }) => {
    const { status, body } = await of(model.name as Name).schema();
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        modelVersion: versions.get(model.name),
        accepts: model.api.accepts,
        example: expect.objectContaining({ contentType: model.api.accepts[0]!.contentType }) as object,
      }),
    ]);
  });

  check('mlops predict sends a file of the model’s type, and the golden requests', async () => {
    const picture = join('examples', 'images', 'data', 'circle', '0001.png');
    const shown = await of('images').mlops('predict', picture, '--model', 'images', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ label: 'circle', modelVersion: versions.get('images') });
    for (const name of ['images', 'text', 'trips'] as const) {
      const golden = await of(name).mlops('predict', '--golden', '--model', name, '--json');
      const requests = (await goldenOf(of(name))).map(({ contentType }) => ({
        ...{ contentType, variant: 'primary', difference: null },
      }));
      expect([golden.code, JSON.parse(golden.stdout)]).toEqual([
        0,
        { modelVersion: versions.get(name), requests },
      ]);
    }
  });

  check('no resource of one has the name of another’s', async () => {
    const names = await Promise.all([...pipelines.values()].map(physicalNames));
    for (const own of names) expect(own.length).toBeGreaterThan(50);
    const all = names.flat();
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  check('the role of one cannot read the data of another', async () => {
    const { sagemaker } = of('images').session.clients;
    const { ProcessingJobSummaries: [job] = [] } = await sagemaker.send(
      new ListProcessingJobsCommand({
        NameContains: `${resourcePrefix(config('images'))}-`,
        StatusEquals: 'Completed',
      }),
    );
    const own = await sagemaker.send(
      new DescribeProcessingJobCommand({ ProcessingJobName: job!.ProcessingJobName }),
    );
    const S3Uri = `s3://${of('text').session.outputs.DataBucketName}/${text.data.prefix}`;
    const ProcessingJobName = 'read-of-another-pipeline';
    await sagemaker.send(
      new CreateProcessingJobCommand({
        ...own,
        RoleArn: own.RoleArn!,
        ProcessingJobName,
        ProcessingInputs: own.ProcessingInputs!.slice(0, 1).map((input) => ({
          ...input,
          S3Input: { ...input.S3Input!, S3Uri, S3DataType: 'S3Prefix' },
        })),
      }),
    );
    const ended = await until('the job has ended', async () => {
      const described = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
      return described.ProcessingJobStatus === 'InProgress' ? undefined : described;
    });
    expect(ended).toMatchObject({
      ProcessingJobStatus: 'Failed',
      FailureReason: expect.stringMatching(/s3:(ListBucket|GetObject)|AccessDenied/),
    });
  });

  step('a run of one leaves the others as they are', async () => {
    const others = ['images', 'trips'] as const;
    const before = await Promise.all(others.map((name) => stateOf(of(name))));
    const mails = of('text').mails().length;
    const run = await of('text').run({ set: { 'training.steps': '200' } });
    expect(run).toMatchObject({ decision: 'deployed', championBefore: versions.get('text') });
    expect(await Promise.all(others.map((name) => stateOf(of(name))))).toEqual(before);
    expect(await of('text').artifact(layout.champion)).toMatchObject({ runId: run.runId });
    const sent = await until('the end of the run is mailed', () => {
      const later = of('text').mails().slice(mails);
      return later.length >= 2 ? later : undefined;
    });
    for (const mail of sent) expect(mail).toMatch(/^Subject: \[text-local\] /m);
  });
});

/** The golden requests of the model in production. */
async function goldenOf(pipeline: DeployedPipeline): Promise<GoldenRequest[]> {
  const { runId } = await pipeline.artifact<{ runId: string }>(layout.champion);
  return pipeline.artifact<GoldenRequest[]>(`${layout.evaluation(runId)}${GOLDEN_FILE}`);
}

/** Parts of another resource, whose ids count within that only, and what an account has one of. */
const NOT_NAMED =
  /^AWS::(ApiGateway::(Account|Deployment|GatewayResponse|Method|Model|RequestValidator|Resource|Stage)|IAM::Policy|Lambda::Permission|SNS::TopicPolicy|CDK::Metadata)$/;

/** The names of a pipeline's resources in the account, with their types. */
async function physicalNames({ session }: DeployedPipeline): Promise<string[]> {
  const client = new CloudFormationClient(session.cloud.clientOptions());
  const names: string[] = [];
  for (const stack of ['Storage', 'Pipeline', 'Inference']) {
    const StackName = `${resourcePrefix(session.config)}-${stack}`;
    for await (const page of paginateListStackResources({ client }, { StackName })) {
      for (const { ResourceType = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? []) {
        if (!NOT_NAMED.test(ResourceType)) names.push(`${ResourceType} ${PhysicalResourceId}`);
      }
    }
  }
  return names;
}

/** What a run changes: the champion, the endpoint, the parameters. */
async function stateOf({ session: { cloud, clients, outputs, config: own } }: DeployedPipeline) {
  const champion = { Bucket: outputs.ArtifactsBucketName, Key: layout.champion };
  const { VersionId } = await clients.s3.send(new HeadObjectCommand(champion));
  const endpoint = await clients.sagemaker.send(
    new DescribeEndpointCommand({ EndpointName: outputs.EndpointName }),
  );
  const { Parameters = [] } = await new SSMClient(cloud.clientOptions()).send(
    new GetParametersByPathCommand({ Path: hyperparameterPath(own), Recursive: true }),
  );
  const { EndpointStatus, EndpointConfigName, LastModifiedTime } = endpoint;
  return {
    ...{ VersionId, EndpointStatus, EndpointConfigName, LastModifiedTime },
    parameters: Parameters.map(({ Name, Value, Version }) => [Name, Value, Version]),
  };
}
