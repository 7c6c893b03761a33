import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodeBuild } from '@aws-sdk/client-codebuild';
import { ECR } from '@aws-sdk/client-ecr';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntime } from '@aws-sdk/client-sagemaker-runtime';
import { strToU8, zipSync } from 'fflate';
import { create } from 'tar';
import { stringify } from 'yaml';
import { jobCloud, REGISTRY, ROLE, type JobCloud } from '../jobs/job-cloud';
import { BASE_IMAGE, describeWithDocker, docker, importBaseImage } from './docker-fixture';

const REPOSITORY = 'test-serving';

/** Answers on SageMaker's port with the word of its model, and with what it can reach and write. */
const PROGRAM = `
const fs = require('node:fs');
const net = require('node:net');
const attempt = (work) => { try { work(); return 'done'; } catch (error) { return error.code; } };
const reach = (host, port) => new Promise((resolve) => {
  const socket = net.connect(port, host);
  socket.setTimeout(1000, () => { socket.destroy(); resolve('timeout'); });
  socket.on('connect', () => { socket.destroy(); resolve('reached'); }).on('error', (error) => resolve(error.code));
});
require('node:http').createServer(async (request, response) => {
  if (request.url === '/ping') return response.end();
  if (request.url === '/execution-parameters') return response.writeHead(404).end();
  const { AWS_ENDPOINT_URL: cloud } = process.env;
  response.end(JSON.stringify({
    word: fs.readFileSync('/opt/ml/model/word', 'utf8'),
    argv: process.argv[2],
    model: attempt(() => fs.writeFileSync('/opt/ml/model/x', '')),
    cloud: cloud ? await reach(new URL(cloud).hostname, new URL(cloud).port) : 'no address',
  }));
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

describeWithDocker()('endpoints and builds as containers', () => {
  let fixture: JobCloud;
  let client: SageMaker;
  let image: string;

  beforeAll(async () => {
    importBaseImage();
    fixture = await jobCloud({
      containers: { engine: 'docker' },
      baseImage: BASE_IMAGE,
      repository: REPOSITORY,
    });
    client = new SageMaker(fixture.here.client);
    image = await fixture.image(PROGRAM);
    const folder = join(fixture.here.stateDirectory, 'model');
    mkdirSync(folder);
    writeFileSync(join(folder, 'word'), 'hello');
    await create({ gzip: true, cwd: folder, file: `${folder}.tar.gz` }, ['word']);
    const Body = readFileSync(`${folder}.tar.gz`);
    const caller = { principal: fixture.here.cloud.principals.operator };
    await fixture.here.cloud.call('s3', 'PutObject', { Bucket: 'bucket', Key: 'model.tar.gz', Body }, caller);
    for (const isolated of [true, false]) {
      await client.createModel({
        ModelName: modelName(isolated),
        ExecutionRoleArn: ROLE,
        EnableNetworkIsolation: isolated,
        PrimaryContainer: { Image: image, ModelDataUrl: 's3://bucket/model.tar.gz' },
      });
    }
  });
  afterAll(async () => {
    await fixture?.close();
    const images = docker('images', '--quiet', `${REGISTRY}/${REPOSITORY}`);
    if (images !== '') docker('rmi', '--force', ...new Set(images.split('\n')));
  });

  const modelName = (isolated: boolean) => (isolated ? 'Isolated' : 'Open');
  const containers = () =>
    docker('ps', '--quiet', '--filter', `label=local-cloud.state=${fixture.here.stateDirectory}`);

  /** The networks that the cloud has created, each once. */
  function networks(): string[] {
    const ids = docker(
      'network',
      'ls',
      '--quiet',
      '--filter',
      `label=local-cloud.state=${fixture.here.stateDirectory}`,
    );
    const format = '{{if .Internal}}internal{{else}}open{{end}}';
    return ids.split('\n').map((id) => docker('network', 'inspect', '--format', format, id));
  }

  async function serve(isolated: boolean): Promise<string> {
    const EndpointName = `Endpoint-${modelName(isolated)}`;
    await client.createEndpointConfig({
      EndpointConfigName: EndpointName,
      ProductionVariants: [
        {
          ...{ VariantName: 'v', ModelName: modelName(isolated), InstanceType: 'ml.m5.large' },
          InitialInstanceCount: 2,
        },
      ],
    });
    await client.createEndpoint({ EndpointName, EndpointConfigName: EndpointName });
    await inService(EndpointName);
    return EndpointName;
  }

  async function inService(EndpointName: string): Promise<void> {
    await fixture.until(async () => {
      const { EndpointStatus, FailureReason } = await client.describeEndpoint({ EndpointName });
      expect(FailureReason).toBeUndefined();
      return EndpointStatus === 'InService';
    });
  }

  async function ask(EndpointName: string): Promise<unknown> {
    const runtime = new SageMakerRuntime(fixture.here.client);
    const { Body } = await runtime.invokeEndpoint({ EndpointName, Body: 'x', ContentType: 'text/plain' });
    return JSON.parse(Body.transformToString());
  }

  test('an isolated endpoint answers this cloud, and reaches nothing; its model is read-only', async () => {
    const name = await serve(true);
    expect(await ask(name)).toEqual({ word: 'hello', argv: 'serve', model: 'EROFS', cloud: 'no address' });
    expect(networks()).toEqual(['internal']);
    expect(containers().split('\n')).toHaveLength(2);
    await client.deleteEndpoint({ EndpointName: name });
    await fixture.until(() => containers() === '');
  });

  test('another endpoint reaches the cloud; a container that is killed is started again, and so is the cloud', async () => {
    const name = await serve(false);
    expect(await ask(name)).toMatchObject({ word: 'hello', cloud: 'reached' });
    const [first, second] = containers().split('\n');
    docker('kill', first!);
    await fixture.until(() => {
      const now = containers().split('\n');
      return now.length === 2 && !now.includes(first!) && now.includes(second!);
    });
    // What a killed cloud leaves: a container that nobody stops, and its folder.
    const label = `local-cloud.state=${fixture.here.stateDirectory}`;
    const left = docker(
      'run',
      '--detach',
      '--label',
      label,
      '--entrypoint',
      'node',
      BASE_IMAGE,
      '--eval',
      'setInterval(() => {}, 1000)',
    );
    const folder = join(fixture.here.stateDirectory, 'endpoints', 'left');
    mkdirSync(folder, { recursive: true });
    await fixture.restart();
    client = new SageMaker(fixture.here.client);
    await inService(name);
    expect(existsSync(folder)).toBe(false);
    expect(docker('ps', '--all', '--quiet', '--no-trunc')).not.toContain(left);
    expect(await ask(name)).toMatchObject({ word: 'hello' });
    await client.deleteEndpoint({ EndpointName: name });
  });

  test('a transform job sends its objects to an isolated container', async () => {
    await fixture.put('rows/a.txt', 'a');
    await client.createTransformJob({
      TransformJobName: 'transform',
      ModelName: 'Isolated',
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/rows/' } },
      },
      TransformOutput: { S3OutputPath: 's3://bucket/answers' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    });
    await fixture.event(({ detail }) => detail.TransformJobStatus === 'Completed');
    expect(JSON.parse(await fixture.get('answers/a.txt.out'))).toMatchObject({
      word: 'hello',
      model: 'EROFS',
    });
  });

  test('the commands of a build use the engine: RUN lines run, and ECR names the image that was built', async () => {
    const source = zipSync({
      Dockerfile: strToU8(
        'ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN echo "made of $(node --version)"\nENTRYPOINT ["node"]',
      ),
    });
    const caller = { principal: fixture.here.cloud.principals.operator };
    await fixture.here.cloud.call(
      's3',
      'PutObject',
      { Bucket: 'bucket', Key: 's.zip', Body: source },
      caller,
    );
    const commands = {
      pre_build: ['aws ecr get-login-password | docker login --username AWS --password-stdin "${URI%%/*}"'],
      build: [
        `docker build --no-cache --build-arg BASE_IMAGE=${BASE_IMAGE} --tag "$URI:built" .`,
        'docker run --rm "$URI:built" --eval "console.log(\'it runs\')"',
      ],
      post_build: ['docker push "$URI:built"'],
    };
    const phases = Object.fromEntries(
      Object.entries(commands).map(([phase, lines]) => [phase, { commands: lines }]),
    );
    const codebuild = new CodeBuild(fixture.here.client);
    await codebuild.createProject({
      name: 'images',
      serviceRole: ROLE,
      source: { type: 'S3', location: 'bucket/s.zip', buildspec: stringify({ version: '0.2', phases }) },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        ...{ type: 'LINUX_CONTAINER', image: 'x', computeType: 'BUILD_GENERAL1_SMALL' },
        environmentVariables: [{ name: 'URI', value: `${REGISTRY}/${REPOSITORY}` }],
      },
    });
    const { build } = await codebuild.startBuild({ projectName: 'images' });
    await fixture.event(
      ({ resources, detail }) => resources[0] === build!.arn && detail['build-status'] !== 'IN_PROGRESS',
    );
    const log = (await fixture.log('/aws/codebuild/images')).join('\n');
    expect(log).toMatch(/Login Succeeded[^]*made of v24[^]*it runs[^]*built: digest: sha256:/);
    const { imageDetails } = await new ECR(fixture.here.client).describeImages({
      repositoryName: REPOSITORY,
      imageIds: [{ imageTag: 'built' }],
    });
    expect(log).toContain(imageDetails![0]!.imageDigest);
    expect(imageDetails![0]!.imageSizeInBytes).toBe(
      Number(docker('image', 'inspect', '--format', '{{.Size}}', `${REGISTRY}/${REPOSITORY}:built`)),
    );
  });
});
