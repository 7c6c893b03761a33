import { spawnSync } from 'node:child_process';
import { dev, only, synthesise } from './support/synthesis';

const { properties } = only<{ Source: { BuildSpec: string } }>(
  synthesise(dev).pipeline,
  'AWS::CodeBuild::Project',
);
const { phases } = JSON.parse(properties.Source.BuildSpec) as { phases: { build: { commands: string[] } } };

/** Runs the build's commands with programs that print their arguments, of which some fail. */
function build(failing: readonly string[], variables: Record<string, string> = {}) {
  const program = (name: string) => `${name}() {
    printf '%s\\n' "${name} $*"
    ${failing.map((call) => `case "${name} $*" in "${call}"*) return 1 ;; esac`).join('\n')}
  }`;
  const script = ['set -e', program('docker'), program('aws'), ...phases.build.commands].join('\n');
  const env = {
    ...{ PATH: process.env.PATH, DOCKERFILE: 'training/Dockerfile', RUN_ID: 'run-1', ...variables },
    ...{ REPOSITORY_URI: '1.dkr.ecr.eu-west-1.amazonaws.com/team/training', IMAGE_TAG: 'abc' },
  };
  const { status, stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env });
  return { status, lines: stdout.split('\n') };
}

const IMAGE = '1.dkr.ecr.eu-west-1.amazonaws.com/team/training:abc';
const HOSTED = '--platform linux/amd64 --provenance=false --output type=image,oci-mediatypes=false';
const LOOK = 'aws ecr describe-images --repository-name team/training --image-ids imageTag=abc';

test('an image has one platform, no attestation and Docker’s media types', () => {
  const { status, lines } = build([], { BASE_IMAGE: 'base' });
  expect(status).toBe(0);
  expect(lines).toContain(
    `docker build ${HOSTED} --build-arg BASE_IMAGE=base --file training/Dockerfile --tag ${IMAGE} .`,
  );
  expect(lines).toContain(`docker push ${IMAGE}`);
  expect(lines).not.toContain(LOOK);
});

// Another run has built the same content: its tag is immutable.
test('a push that is refused since the tag is there goes on with that image', () => {
  const { status, lines } = build(['docker push']);
  expect(lines).toContain(LOOK);
  expect(status).toBe(0);
});

test.each([['docker push', 'aws ecr describe-images'], ['docker build']])(
  'the build fails with %j',
  (...failing) => {
    expect(build(failing).status).not.toBe(0);
  },
);
