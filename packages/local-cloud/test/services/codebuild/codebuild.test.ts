import type { Build, StartBuildInput } from '@aws-sdk/client-codebuild';
import { stringify } from 'yaml';
import { REGISTRY, ROLE } from '../../jobs/job-cloud';
import { BuildCloud } from './build-cloud';

let builds: BuildCloud;

beforeAll(async () => (builds = await BuildCloud.open()));
afterAll(() => builds.close());

const statusOf = (build: Build, phase: string) =>
  build.phases!.find(({ phaseType }) => phaseType === phase)?.phaseStatus;

test('variables: the build overrides those of the project, and phases share a shell', async () => {
  const name = await builds.project(
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
  const build = await builds.run(name, { environmentVariablesOverride: [{ name: 'D', value: 'build' }] });
  const output = await builds.log(build);
  expect(output).toContain('A=from-install B=not exported C=project D=build in /tmp');
  expect(output).toContain(build.id);
  expect(output).toContain(`AWS_ENDPOINT_URL=${builds.fixture.here.cloud.endpoint}`);
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
  const name = await builds.project({
    build: ['echo before', 'echo "the reason" >&2; false', 'echo never'],
    post_build: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'],
  });
  const build = await builds.run(name);
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
  const output = await builds.log(build);
  expect(output).toMatch(/before[^]*the reason[^]*succeeding: 0/);
  expect(output).not.toContain('never');
});

test('no phase runs after a failed pre_build', async () => {
  const build = await builds.run(
    await builds.project({ pre_build: ['exit 3'], build: ['echo never'], post_build: ['echo never'] }),
  );
  expect(build.buildStatus).toBe('FAILED');
  expect(build.phases!.map(({ phaseType }) => phaseType)).toEqual([
    'DOWNLOAD_SOURCE',
    'INSTALL',
    'PRE_BUILD',
  ]);
});

test('a stopped build ends with all its processes', async () => {
  const name = await builds.project({ build: ['echo started', 'sleep 600'], post_build: ['echo never'] });
  const { build } = await builds.client.startBuild({ projectName: name });
  const { build: stopped } = await builds.client.stopBuild({ id: build!.arn });
  expect(stopped).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true });
  expect(statusOf(stopped!, 'POST_BUILD')).toBeUndefined();
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
  const build = await builds.run(await builds.project({}), input);
  expect(build.buildStatus).toBe('FAILED');
  expect(build.phases!.at(-1)!.phaseType).toBe(phase === 'BUILD' ? 'POST_BUILD' : phase);
  const context = build.phases!.find(({ phaseType }) => phaseType === phase)!.contexts![0]!;
  expect(`${context.message}\n${await builds.log(build)}`).toMatch(message);
});

function spec(command: string): string {
  return stringify({ version: '0.2', phases: { build: { commands: [command] } } });
}

test('missing and already existing projects and builds', async () => {
  await expect(builds.client.startBuild({ projectName: 'none' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  const name = await builds.project({});
  await expect(builds.client.createProject({ ...base(name) })).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
  });
  await expect(builds.client.createProject({ ...base('a b') })).rejects.toMatchObject({
    name: 'InvalidInputException',
  });
  expect(await builds.client.batchGetBuilds({ ids: ['a:b'] })).toMatchObject({
    builds: [],
    buildsNotFound: ['a:b'],
  });
  expect(await builds.client.batchGetProjects({ names: [name, 'none'] })).toMatchObject({
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
  const done = await builds.run(await builds.project({ build: ['true'] }));
  const { build: open } = await builds.client.startBuild({
    projectName: await builds.project({ build: ['sleep 600'] }),
  });
  await builds.restart();
  const { builds: kept } = await builds.client.batchGetBuilds({ ids: [done.id!, open!.id!] });
  expect(kept!.map(({ buildStatus }) => buildStatus)).toEqual(['SUCCEEDED', 'STOPPED']);
  expect(kept![0]!.endTime).toBeInstanceOf(Date);
});

test('a request with a token that was used has the build of the first; with other parameters it is refused', async () => {
  const projectName = await builds.project({ build: ['true'] });
  const idempotencyToken = 'once';
  const first = await builds.run(projectName, { idempotencyToken });
  const { build } = await builds.client.startBuild({ projectName, idempotencyToken });
  expect(build!.id).toBe(first.id);
  const other = builds.client.startBuild({ projectName, idempotencyToken, timeoutInMinutesOverride: 9 });
  await expect(other).rejects.toMatchObject({ name: 'InvalidInputException' });
});
