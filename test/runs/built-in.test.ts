import { DescribeTrainingJobCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { rmSync } from 'node:fs';
import { local as localPlace, xgboost } from '../../lib';
import { pipelineConfig } from '../../lib/config';
import { builtInImage } from '../../lib/config/built-ins';
import { layout } from '../../lib/contract/layout';
import type { RunManifest } from '../../lib/contract/run';
import { nameDebianBases, nameStandIn } from '../support/base-images';
import { describeWithDocker, docker } from '../support/docker';
import { assemblyOf } from './assembly';
import { story } from './story';
import { DeployedPipeline } from './support';

/** The first run on a machine makes a base image and installs packages. */
jest.setTimeout(600_000);

/** Region of the local cloud. */
const REGION = 'us-east-1';
const VERSION = '3.0-5';
const { repository, accounts } = builtInImage('xgboost');
const URI = `${accounts[REGION]}.dkr.ecr.${REGION}.amazonaws.com/${repository}`;

/** As a team would configure it; an image with the interface of XGBoost stands in for it under its name. */
const model = xgboost({
  ...{ name: 'table', task: 'binary', version: VERSION },
  hyperparameterValues: { 'training.eta': 1, 'training.num_round': 200 },
});
const config = pipelineConfig('mlops', model, localPlace);

describeWithDocker('no run with a built-in algorithm is made')('runs with a built-in algorithm', () => {
  const { step } = story();
  let pipeline: DeployedPipeline;
  const cleanups: (() => Promise<void>)[] = [];
  let imagesBefore: string[];

  beforeAll(async () => {
    cleanups.push(await nameDebianBases(['node']));
    cleanups.unshift(await nameStandIn(`${URI}:${VERSION}`));
    imagesBefore = await images();
    const assembly = assemblyOf(config);
    pipeline = await DeployedPipeline.open({ engine: 'docker', assembly, config });
    rmSync(assembly, { recursive: true });
  });
  afterAll(async () => {
    await pipeline?.close();
    const built = (await images()).filter((name) => !imagesBefore.includes(name));
    if (built.length > 0) await docker('rmi', ...built);
    for (const cleanup of cleanups) await cleanup();
  });

  /** Names of images in registries of local clouds. */
  const images = async () => {
    const filter = 'reference=123456789012.dkr.ecr.*/*';
    const names = await docker('images', '--format', '{{.Repository}}:{{.Tag}}', '--filter', filter);
    return names.split('\n').filter((name) => name !== '');
  };

  step('nothing is built for training and serving, and the digest of the tag is pinned', async () => {
    const lastRun = await pipeline.run();
    expect(lastRun).toMatchObject({ decision: 'deployed', championAfter: lastRun.runId });
    expect(lastRun.metrics.accuracy).toBeGreaterThan(0.9);
    const { images } = await pipeline.artifact<RunManifest>(layout.manifest(lastRun.runId));
    expect(images.training).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(images.inference).toBe(images.training);
    const { sagemaker } = pipeline.session.clients;
    const { TrainingJobSummaries } = await sagemaker.send(new ListTrainingJobsCommand({}));
    const { AlgorithmSpecification } = await sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: TrainingJobSummaries![0]!.TrainingJobName }),
    );
    expect(AlgorithmSpecification!.TrainingImage).toBe(`${URI}@${images.training}`);
  });

  step('a run without the image ends by name, before anything is started', async () => {
    await docker('tag', `${URI}:${VERSION}`, 'sagemaker-mlops-test/stand-in:1');
    await docker('rmi', `${URI}:${VERSION}`);
    try {
      const lastRun = await pipeline.run({ force: true });
      expect(lastRun).toMatchObject({ decision: 'failed', error: 'ImageUnavailable' });
      expect(lastRun.message).toContain(`programs.train: the image ${URI}:${VERSION}`);
    } finally {
      await docker('tag', 'sagemaker-mlops-test/stand-in:1', `${URI}:${VERSION}`);
      await docker('rmi', 'sagemaker-mlops-test/stand-in:1');
    }
  });
});
