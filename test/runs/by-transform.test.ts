import { ListModelsCommand } from '@aws-sdk/client-sagemaker';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Evaluation } from '../../lambda/decide/evaluation';
import { layout } from '../../lib/contract/layout';
import { standIn } from '../support/stand-in';
import { assemblyOf } from './assembly';
import { story } from './story';
import { DeployedPipeline, SAMPLE } from './support';

/** A model whose programs know nothing of this repository: transform jobs predict, and their answers are scored. */
describe('runs with evaluation by batch transform', () => {
  const { step } = story();
  let pipeline: DeployedPipeline;
  let champion: string;

  beforeAll(async () => {
    const assembly = assemblyOf(standIn);
    pipeline = await DeployedPipeline.open({ assembly, config: standIn });
    rmSync(assembly, { recursive: true });
  });
  afterAll(() => pipeline?.close());

  const evaluationOf = (runId: string) =>
    pipeline.artifact<Evaluation>(`${layout.evaluation(runId)}evaluation.json`);
  const models = async () => {
    const { Models } = await pipeline.session.clients.sagemaker.send(new ListModelsCommand({}));
    return Models!.map(({ ModelName }) => ModelName!);
  };

  step('a good model is deployed, and answers rows without a header', async () => {
    const lastRun = await pipeline.run();
    expect(lastRun).toMatchObject({ decision: 'deployed', championAfter: lastRun.runId });
    expect(lastRun.metrics.accuracy).toBeGreaterThan(0.9);
    const { task, agreement, labels, champion: none } = await evaluationOf(lastRun.runId);
    expect({ task, none, classes: Object.keys(labels!) }).toEqual({
      ...{ task: 'classification', none: null, classes: ['malignant', 'benign'] },
    });
    // Training's own metric is that of the served answers to the same rows, or the gate would have said so.
    expect(agreement.metrics.accuracy).toBeGreaterThan(0.9);
    const [, row] = readFileSync(join(SAMPLE, 'data', 'part-1.csv'), 'utf8').split('\n');
    const { url, key } = pipeline.session.api!;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'text/csv' },
      body: row!.split(',').slice(1).join(','),
    });
    expect(response.status).toBe(200);
    expect(Number(await response.text())).toBeGreaterThanOrEqual(0);
    expect(await models()).toEqual([expect.stringContaining('-model')]);
    champion = lastRun.runId;
  });

  step('a challenger is compared with the champion on the same rows', async () => {
    const lastRun = await pipeline.run({ force: true, set: { 'training.num_round': '300' } });
    expect(lastRun).toMatchObject({ decision: 'deployed', championBefore: champion });
    const evaluation = await evaluationOf(lastRun.runId);
    expect(evaluation.champion).toMatchObject({ version: champion });
    expect(evaluation.champion).toHaveProperty('metrics');
    expect(evaluation.differences).not.toBeNull();
    // Those of the two champions: the models that were made for the evaluation are gone.
    expect(await models()).toHaveLength(2);
  });
});
