import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { create } from 'tar';
import { parseSchema } from '../../containers/table/schema';
import type { ShardReport } from '../../containers/table/report';
import { summarise } from '../../lambda/check-data/summary';
import { debianBases } from '../support/base-images';
import { describeWithDocker, docker } from '../support/docker';
import { until } from '../support/until';
import { CONTAINERS, copy, temporaryFolders, writeFiles } from './support/program';
import { layOutExample, layOutTraining } from './support/sample';

/**
 * Builds the images and runs them as SageMaker does, where a Docker engine answers. That takes minutes and, for base
 * images and packages, the network. Base images are made with mmdebstrap where it is installed;
 * TEST_<NAME>_BASE_IMAGE names another one.
 */
const minutes = 60_000;
jest.setTimeout(10 * minutes);

const run = promisify(execFile);
/** SageMaker's containers run as root; here what they write has to be removed afterwards. */
const asThisUser = ['--user', `${process.getuid!()}:${process.getgid!()}`];
const folders = temporaryFolders();
async function build(name: string): Promise<string> {
  const tag = `container-test/${name}`;
  const bases = await debianBases();
  const own = bases && (name === 'training' ? bases.training : bases.node);
  const base = process.env[`TEST_${name.toUpperCase()}_BASE_IMAGE`] ?? own ?? (await smallBase(name));
  const baseArguments = base ? ['--build-arg', `BASE_IMAGE=${base}`] : [];
  await docker(
    'build',
    '--quiet',
    '--network',
    'host',
    '--tag',
    tag,
    ...baseArguments,
    '--file',
    path.join(CONTAINERS, name, 'Dockerfile'),
    CONTAINERS,
  );
  return tag;
}

/** AWS's image for training weighs gigabytes; the same PyTorch on a slim Python does for a test. */
async function smallBase(name: string): Promise<string | undefined> {
  if (name !== 'training') return undefined;
  const folder = folders.create({
    Dockerfile: [
      'FROM public.ecr.aws/docker/library/python:3.12-slim-bookworm',
      'RUN pip install --no-cache-dir torch==2.13.0 numpy --extra-index-url https://download.pytorch.org/whl/cpu',
    ].join('\n'),
  });
  const tag = 'container-test/training-base';
  await docker('build', '--quiet', '--tag', tag, folder);
  return tag;
}

/** Runs a container to its end, its files below `base`, and expects its exit status. */
async function job(
  image: string,
  base: string,
  {
    args = [],
    env = {},
    status = 0,
  }: { args?: string[]; env?: Record<string, string>; status?: number } = {},
): Promise<void> {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const id = await docker(
    'create',
    ...asThisUser,
    '--volume',
    `${base}:/opt/ml`,
    ...variables,
    image,
    ...args,
  );
  try {
    await docker('start', id);
    const ended = Number(await docker('wait', id));
    const { stdout, stderr } = await run('docker', ['logs', id]);
    if (ended !== status) throw new Error(`${image} ended with ${ended}, not ${status}: ${stdout}${stderr}`);
  } finally {
    await docker('rm', '--force', id);
  }
}

/** Does what `Check data` does between the two jobs. */
function learnEncoding(base: string): void {
  const read = (file: string) => readFileSync(path.join(base, 'processing', file), 'utf8');
  const schema = parseSchema(read('input/schema/schema.json'), 'schema.json');
  const report = JSON.parse(read('output/report/shard-00000.json')) as ShardReport;
  const { encoding } = summarise(schema, [report], 0);
  writeFiles(base, { 'processing/input/schema/encoding.json': JSON.stringify(encoding) });
}

describeWithDocker('the images are not built')('the images', () => {
  let base: string;
  let images: Record<'preprocessing' | 'training' | 'inference', string>;

  beforeAll(async () => {
    images = {
      preprocessing: await build('preprocessing'),
      training: await build('training'),
      inference: await build('inference'),
    };
    base = folders.create();
    layOutExample(base, 'breast-cancer');
    const variables = { SHARD_INDEX: '0', VALIDATION_FRACTION: '0.2', TEST_FRACTION: '0.2' };
    await job(images.preprocessing, base, { env: variables });
    learnEncoding(base);
    layOutTraining(base, base, { epochs: '20' });
    await job(images.training, base, { args: ['train'] });
  });

  test('of inference serves the model from a read-only folder and stops with status 0', async () => {
    const volume = `${path.join(base, 'model')}:/opt/ml/model:ro`;
    const id = await docker(
      'run',
      '--detach',
      '--volume',
      volume,
      '--env',
      'WORKERS=2',
      images.inference,
      'serve',
    );
    try {
      const ask = [
        'const ask = () => fetch("http://127.0.0.1:8080/ping").then((answer) => answer.status, () => 0);',
        'const deadline = Date.now() + 60000;',
        '(async () => { while ((await ask()) !== 200) if (Date.now() > deadline) throw new Error("not ready after 60 s"); console.log("ready"); })();',
      ].join('\n');
      expect(await docker('exec', id, 'node', '--eval', ask)).toBe('ready');
      await docker('stop', id);
      expect(await docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('0');
    } finally {
      await docker('rm', '--force', id);
    }
  });

  test('of inference evaluates the model', async () => {
    const evaluation = folders.create({ 'processing/input/candidate/.keep': '' });
    const file = path.join(evaluation, 'processing/input/candidate/model.tar.gz');
    await create({ gzip: true, file, cwd: path.join(base, 'model') }, ['.']);
    for (const split of ['validation', 'test']) {
      const rows = path.join(base, 'processing/output/scoring', split);
      copy(rows, path.join(evaluation, 'processing/input', split));
    }
    await job(images.inference, evaluation, { args: ['evaluate'], env: { CANDIDATE_VERSION: 'v1' } });
    const result = readFileSync(path.join(evaluation, 'processing/output/evaluation.json'), 'utf8');
    expect(JSON.parse(result)).toMatchObject({ candidate: { version: 'v1' }, champion: null });
  });

  test('of training saves a checkpoint and ends with status 143 when it is stopped', async () => {
    const stopped = folders.create();
    layOutTraining(stopped, base, { epochs: '10000', patience: '0' });
    const id = await docker(
      'run',
      '--detach',
      ...asThisUser,
      '--volume',
      `${stopped}:/opt/ml`,
      images.training,
      'train',
    );
    try {
      await until('training has reached epoch 2', async () =>
        (await docker('logs', id)).includes('epoch=2/'),
      );
      await docker('stop', id);
      expect(await docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('143');
      expect(await docker('logs', id)).toContain('stopped on request; a checkpoint is saved');
      expect(existsSync(path.join(stopped, 'model/model.onnx'))).toBe(false);
    } finally {
      await docker('rm', '--force', id);
    }
  });

  test('of training writes its failure reason for SageMaker', async () => {
    writeFiles(base, { 'input/config/hyperparameters.json': '{"epochs": "none"}' });
    await job(images.training, base, { args: ['train'], status: 1 });
    expect(readFileSync(path.join(base, 'output/failure'), 'utf8')).toMatch(/^hyperparameter epochs: 'none'/);
  });
});
