import { CodeBuild, type Build, type StartBuildInput } from '@aws-sdk/client-codebuild';
import { ECR } from '@aws-sdk/client-ecr';
import { strToU8, zipSync } from 'fflate';
import { stringify } from 'yaml';
import { REGISTRY, ROLE, jobCloud, type JobCloud } from '../../jobs/job-cloud';

let fixture: JobCloud;
let client: CodeBuild;

beforeAll(async () => {
  fixture = await jobCloud();
  client = new CodeBuild(fixture.here.client);
});
afterAll(() => fixture.close());

let projects = 0;

async function project(phases: Record<string, string[]>, more: object = {}): Promise<string> {
  const name = `project-${++projects}`;
  const buildspec = stringify({
    version: '0.2',
    phases: Object.fromEntries(Object.entries(phases).map(([phase, commands]) => [phase, { commands }])),
  });
  await client.createProject({
    name,
    serviceRole: ROLE,
    source: { type: 'NO_SOURCE', buildspec },
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: { type: 'LINUX_CONTAINER', image: 'x', computeType: 'BUILD_GENERAL1_SMALL' },
    ...more,
  });
  return name;
}

const ended = (arn: string) =>
  fixture.event(({ resources, detail }) => resources[0] === arn && detail['build-status'] !== 'IN_PROGRESS');

async function run(projectName: string, input: Partial<StartBuildInput> = {}): Promise<Build> {
  const { build } = await client.startBuild({ projectName, ...input });
  await ended(build!.arn!);
  return (await client.batchGetBuilds({ ids: [build!.id!] })).builds![0]!;
}

const log = async (build: Build) => (await fixture.log(build.logs!.groupName!)).join('\n');
const statusOf = (build: Build, phase: string) =>
  build.phases!.find(({ phaseType }) => phaseType === phase)?.phaseStatus;

test('a build builds an image from its source and pushes it with the given tag', async () => {
  const source = zipSync({
    Dockerfile: strToU8('ARG WORD\nFROM slim\nARG WORD\nENV SAID=$WORD\nCOPY a.txt /\nENTRYPOINT ["true"]'),
    'a.txt': strToU8('a'),
  });
  await fixture.here.cloud.call(
    's3',
    'PutObject',
    { Bucket: 'bucket', Key: 'source.zip', Body: source },
    {
      principal: fixture.here.cloud.principals.operator,
    },
  );
  const name = await project({
    build: [
      'aws ecr get-login-password | docker login --username AWS --password-stdin "${URI%%/*}"',
      'docker build ${WORD:+--build-arg WORD="$WORD"} --tag "$URI:$TAG" .',
      'docker push "$URI:$TAG"',
    ],
  });
  const build = await run(name, {
    sourceTypeOverride: 'S3',
    sourceLocationOverride: 'bucket/source.zip',
    environmentVariablesOverride: [
      { name: 'URI', value: `${REGISTRY}/app` },
      { name: 'TAG', value: 'built' },
      { name: 'WORD', value: 'two words' },
    ],
  });
  const output = await log(build);
  expect(build).toMatchObject({
    buildStatus: 'SUCCEEDED',
    buildComplete: true,
    currentPhase: 'COMPLETED',
    buildNumber: 1,
  });
  const images = new ECR(fixture.here.client);
  const { imageDetails } = await images.describeImages({
    repositoryName: 'app',
    imageIds: [{ imageTag: 'built' }],
  });
  expect(output).toContain(`built: digest: ${imageDetails![0]!.imageDigest}`);
  expect(output).toMatch(/Login Succeeded[^]*COPY a\.txt \/\nwriting image sha256:/);
});

test.each([
  ['--provenance=false --output type=image,oci-mediatypes=false', 'docker.distribution.manifest.v2'],
  ['', 'docker.distribution.manifest.v2'],
  ['--output type=image,oci-mediatypes=true', 'oci.image.manifest.v1'],
  ['--provenance=true', 'oci.image.index.v1'],
])('an image built with "%s" has the media type %s', async (options, type) => {
  const repositoryName = `typed-${type.includes('index') ? 'index' : type.split('.').at(-1)}-${options.length}`;
  const images = new ECR(fixture.here.client);
  await images.createRepository({ repositoryName, imageTagMutability: 'IMMUTABLE' });
  const uri = `${REGISTRY}/${repositoryName}:one`;
  const name = await project({
    build: [
      `printf 'FROM slim\\nENTRYPOINT ["true"]' > Dockerfile`,
      `aws ecr get-login-password | docker login --username AWS --password-stdin ${REGISTRY}`,
      `docker build --platform linux/amd64 ${options} --tag ${uri} .`,
      `docker push ${uri}`,
    ],
  });
  expect(await run(name, {})).toMatchObject({ buildStatus: 'SUCCEEDED' });
  const { images: found } = await images.batchGetImage({ repositoryName, imageIds: [{ imageTag: 'one' }] });
  const mediaType = `application/vnd.${type}+json`;
  expect(found).toMatchObject([{ imageManifestMediaType: mediaType }]);
  expect(JSON.parse(found![0]!.imageManifest!)).toMatchObject({ mediaType });
});

test('a build whose push finds its immutable tag there can look at the image instead', async () => {
  const repositoryName = 'pushed-twice';
  const images = new ECR(fixture.here.client);
  await images.createRepository({ repositoryName, imageTagMutability: 'IMMUTABLE' });
  const uri = `${REGISTRY}/${repositoryName}`;
  const look = `aws ecr describe-images --repository-name ${repositoryName} --image-ids`;
  const name = await project({
    build: [
      `printf 'FROM slim\\nENV BUILD=%s\\nENTRYPOINT ["true"]' "$CODEBUILD_BUILD_ID" > Dockerfile`,
      `aws ecr get-login-password | docker login --username AWS --password-stdin ${REGISTRY}`,
      `docker build --tag ${uri}:one .`,
      `docker push ${uri}:one || ${look} imageTag=one`,
    ],
  });
  expect(await run(name, {})).toMatchObject({ buildStatus: 'SUCCEEDED' });
  const second = await run(name, {});
  expect(second).toMatchObject({ buildStatus: 'SUCCEEDED' });
  const { imageDetails } = await images.describeImages({ repositoryName });
  expect(imageDetails).toHaveLength(1);
  expect(await log(second)).toContain(imageDetails![0]!.imageDigest);
  const absent = await project({ build: [`${look} imageTag=other`] });
  expect(await run(absent, {})).toMatchObject({ buildStatus: 'FAILED' });
});

test('variables: the build overrides those of the project, and phases share a shell', async () => {
  const name = await project(
    {
      install: ['export A=from-install', 'B="not exported"', 'cd /tmp'],
      build: ['echo "A=$A B=$B C=$C D=$D in $(pwd)"', 'echo "$CODEBUILD_BUILD_ID"', 'env | grep ^AWS_'],
    },
    {
      environment: {
        ...{ type: 'LINUX_CONTAINER', image: 'x', computeType: 'BUILD_GENERAL1_SMALL' },
        environmentVariables: [
          { name: 'C', value: 'project' },
          { name: 'D', value: 'project' },
        ],
      },
    },
  );
  const build = await run(name, { environmentVariablesOverride: [{ name: 'D', value: 'build' }] });
  const output = await log(build);
  expect(output).toContain('A=from-install B=not exported C=project D=build in /tmp');
  expect(output).toContain(build.id);
  expect(output).toContain(`AWS_ENDPOINT_URL=${fixture.here.cloud.endpoint}`);
  // The fields of billing, and the input.
  expect(build.environment).toMatchObject({
    computeType: 'BUILD_GENERAL1_SMALL',
    environmentVariables: [
      { name: 'C', value: 'project' },
      { name: 'D', value: 'build' },
    ],
  });
});

test('the first command that fails ends its phase, and only post_build follows a failed build phase', async () => {
  const name = await project({
    build: ['echo before', 'echo "the reason" >&2; false', 'echo never'],
    post_build: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'],
  });
  const build = await run(name);
  expect(build.buildStatus).toBe('FAILED');
  expect(build.phases!.find(({ phaseType }) => phaseType === 'BUILD')).toMatchObject({
    phaseStatus: 'FAILED',
    contexts: [
      {
        statusCode: 'COMMAND_EXECUTION_ERROR',
        message: 'Error while executing command. Reason: exit status 1: the reason',
      },
    ],
  });
  expect(statusOf(build, 'POST_BUILD')).toBe('SUCCEEDED');
  const output = await log(build);
  expect(output).toMatch(/before[^]*the reason[^]*succeeding: 0/);
  expect(output).not.toContain('never');
});

test('no phase runs after a failed pre_build', async () => {
  const build = await run(
    await project({ pre_build: ['exit 3'], build: ['echo never'], post_build: ['echo never'] }),
  );
  expect(build.buildStatus).toBe('FAILED');
  expect(build.phases!.map(({ phaseType }) => phaseType)).toEqual([
    'DOWNLOAD_SOURCE',
    'INSTALL',
    'PRE_BUILD',
  ]);
});

test('a stopped build ends with all its processes', async () => {
  const name = await project({ build: ['echo started', 'sleep 600'], post_build: ['echo never'] });
  const { build } = await client.startBuild({ projectName: name });
  const { build: stopped } = await client.stopBuild({ id: build!.arn });
  expect(stopped).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true });
  expect(statusOf(stopped!, 'POST_BUILD')).toBeUndefined();
});

test('a Dockerfile may be in a subfolder of its build context', async () => {
  const Body = zipSync({
    'a/Dockerfile': strToU8('FROM slim\nCOPY a/a.txt b /\nENTRYPOINT ["true"]'),
    'a/a.txt': strToU8('a'),
    'b/b.txt': strToU8('b'),
  });
  const { cloud } = fixture.here;
  const input = { Bucket: 'bucket', Key: 'folders.zip', Body };
  await cloud.call('s3', 'PutObject', input, { principal: cloud.principals.operator });
  const name = await project({ build: ['docker build --file a/Dockerfile --tag x:y .'] });
  const build = await run(name, {
    sourceTypeOverride: 'S3',
    sourceLocationOverride: 'bucket/folders.zip',
  });
  expect(build.buildStatus).toBe('SUCCEEDED');
  expect(await log(build)).toMatch(/COPY a\/a\.txt b \//);
});

test.each<[string, Partial<StartBuildInput>, string, RegExp]>([
  [
    'an unsupported tool',
    { buildspecOverride: spec('docker run x') },
    'BUILD',
    /docker run: Error: 'docker run x' is not supported by the process engine/,
  ],
  [
    'an unsupported option',
    { buildspecOverride: spec('docker build --squash .') },
    'BUILD',
    /option --squash is not supported/,
  ],
  [
    'an image that was not built',
    { buildspecOverride: spec(`docker push ${REGISTRY}/app:none`) },
    'BUILD',
    /does not exist locally with the tag: 123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/app:none/,
  ],
  [
    'a push to another registry',
    { buildspecOverride: spec('docker push a:b') },
    'BUILD',
    /'docker push a:b' is not supported by the process engine/,
  ],
  ['a missing Dockerfile', { buildspecOverride: spec('docker build .') }, 'BUILD', /has no Dockerfile/],
  [
    'a missing source',
    { sourceTypeOverride: 'S3', sourceLocationOverride: 'bucket/none.zip' },
    'DOWNLOAD_SOURCE',
    /key does not exist/,
  ],
  [
    'a source of another kind',
    { sourceTypeOverride: 'GITHUB' },
    'DOWNLOAD_SOURCE',
    /source type GITHUB is not supported/,
  ],
  [
    'an older buildspec',
    { buildspecOverride: 'version: 0.1' },
    'DOWNLOAD_SOURCE',
    /version is 0\.1; use 0\.2/,
  ],
  [
    'an unsupported section',
    { buildspecOverride: 'version: 0.2\nartifacts: {}' },
    'DOWNLOAD_SOURCE',
    /artifacts is not supported here; supported: version, env, phases/,
  ],
])('a build fails for %s', async (_, input, phase, message) => {
  const build = await run(await project({}), input);
  expect(build.buildStatus).toBe('FAILED');
  expect(build.phases!.at(-1)!.phaseType).toBe(phase === 'BUILD' ? 'POST_BUILD' : phase);
  const context = build.phases!.find(({ phaseType }) => phaseType === phase)!.contexts![0]!;
  expect(`${context.message}\n${await log(build)}`).toMatch(message);
});

function spec(command: string): string {
  return stringify({ version: '0.2', phases: { build: { commands: [command] } } });
}

test('missing and already existing projects and builds', async () => {
  await expect(client.startBuild({ projectName: 'none' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  const name = await project({});
  await expect(client.createProject({ ...base(name) })).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
  });
  await expect(client.createProject({ ...base('a b') })).rejects.toMatchObject({
    name: 'InvalidInputException',
  });
  expect(await client.batchGetBuilds({ ids: ['a:b'] })).toMatchObject({
    builds: [],
    buildsNotFound: ['a:b'],
  });
  expect(await client.batchGetProjects({ names: [name, 'none'] })).toMatchObject({
    projectsNotFound: ['none'],
  });
});

const base = (name: string) => ({
  name,
  serviceRole: ROLE,
  source: { type: 'NO_SOURCE' as const },
  artifacts: { type: 'NO_ARTIFACTS' as const },
  environment: { type: 'LINUX_CONTAINER' as const, image: 'x', computeType: 'BUILD_GENERAL1_SMALL' as const },
});

test('builds are kept after a restart, and one that was running when the cloud was closed is stopped', async () => {
  const done = await run(await project({ build: ['true'] }));
  const { build: open } = await client.startBuild({ projectName: await project({ build: ['sleep 600'] }) });
  await fixture.restart();
  client = new CodeBuild(fixture.here.client);
  const { builds } = await client.batchGetBuilds({ ids: [done.id!, open!.id!] });
  expect(builds!.map(({ buildStatus }) => buildStatus)).toEqual(['SUCCEEDED', 'STOPPED']);
  expect(builds![0]!.endTime).toBeInstanceOf(Date);
});
