import { DescribeModelCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameDebianBases } from '../support/base-images';
import { describeWithDocker, docker } from '../support/docker';
import { story } from './story';
import { DeployedPipeline } from './support';

/** The first run on a machine makes base images and installs packages. */
jest.setTimeout(600_000);

describeWithDocker('npm start -- --engine docker is not run')('runs with the Docker engine', () => {
  const { step } = story();
  let pipeline: DeployedPipeline;
  let removeNames: () => Promise<void>;
  let imagesBefore: string[];

  beforeAll(async () => {
    removeNames = await nameDebianBases();
    imagesBefore = await images();
    pipeline = await DeployedPipeline.open({ engine: 'docker' });
  });
  afterAll(async () => {
    await pipeline?.close();
    await removeNames?.();
    const built = (await images()).filter((name) => !imagesBefore.includes(name));
    if (built.length > 0) await docker('rmi', ...built);
  });

  const ours = (kind: string) =>
    docker(kind, 'ls', '--quiet', '--filter', `label=local-cloud.state=${state()}`);
  /** Names of images in registries of local clouds. */
  const images = async () => {
    const format = '{{.Repository}}:{{.Tag}}';
    const filter = 'reference=123456789012.dkr.ecr.*/*';
    const names = await docker('images', '--format', format, '--filter', filter);
    return names.split('\n').filter((name) => name !== '');
  };
  const state = () => join(pipeline.folder, 'cloud');

  let champion: string;

  step('the shipped model is built, trained, evaluated and served in containers', async () => {
    const lastRun = await pipeline.run();
    expect(lastRun).toMatchObject({
      decision: 'deployed',
      championAfter: lastRun.runId,
      prediction: { modelVersion: lastRun.runId, variant: 'primary' },
    });
    expect(lastRun.metrics.accuracy).toBeGreaterThanOrEqual(0.95);
    expect(pipeline.shown).toContain('epoch 10/');
    champion = lastRun.runId;
  });

  step('the container that serves is of the digest that the model names', async () => {
    const { sagemaker } = pipeline.session.clients;
    const { Models } = await sagemaker.send(new ListModelsCommand({}));
    const { PrimaryContainer } = await sagemaker.send(
      new DescribeModelCommand({ ModelName: Models![0]!.ModelName }),
    );
    const [repository = '', imageDigest] = PrimaryContainer!.Image!.split('@');
    const { images } = await pipeline.session.cloud.call('ecr', 'BatchGetImage', {
      repositoryName: repository.slice(repository.indexOf('/') + 1),
      imageIds: [{ imageDigest }],
    });
    const { config } = JSON.parse(images![0]!.imageManifest!) as { config: { digest: string } };
    const [container] = (await ours('container')).split('\n');
    expect(await docker('inspect', '--format', '{{.Image}}', container!)).toBe(config.digest);
  });

  step('a challenger resumes after a Spot interruption, and replaces the champion', async () => {
    const lastRun = await pipeline.run({
      force: true,
      interruptTraining: 1,
      set: { 'training.epochs': '200' },
    });
    expect(lastRun).toMatchObject({ championBefore: champion, status: 'SUCCEEDED' });
    expect(pipeline.shown).toMatch(/resum/);
  });

  step('nothing remains in the engine but the images', async () => {
    await pipeline.session.cloud.close();
    expect(await ours('container')).toBe('');
    expect(await ours('network')).toBe('');
    expect(readFileSync(join(pipeline.folder, 'last-run.json'), 'utf8')).toContain(champion);
  });
});
