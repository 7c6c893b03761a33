import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListEndpointsCommand, ListModelsCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { LastRun } from '../../start/report';
import { until } from '../support/until';
import { awsCliTests } from './aws-cli';
import { badInputTests } from './bad-input';
import { mlopsTests } from './mlops';
import { observabilityTests } from './observability';
import { story } from './story';
import { DeployedPipeline, SAMPLE, type RunChanges } from './support';

describe('runs of the whole pipeline', () => {
  const pipelineStory = story();
  const { step, check } = pipelineStory;
  let pipeline: DeployedPipeline;
  const run = (changes?: RunChanges) => pipeline.run(changes);

  beforeAll(async () => {
    pipeline = await DeployedPipeline.open();
  });
  afterAll(() => pipeline?.close());

  let champion: string;
  let rejected: string;
  let firstRun: LastRun;
  let instance: Record<string, number>;

  step('a good model is deployed and answers requests', async () => {
    const lastRun = await run();
    expect(lastRun).toMatchObject({
      status: 'SUCCEEDED',
      decision: 'deployed',
      championBefore: null,
      championAfter: lastRun.runId,
      prediction: { modelVersion: lastRun.runId, variant: 'primary' },
    });
    expect(lastRun.metrics.accuracy).toBeGreaterThanOrEqual(0.95);
    expect(lastRun.headline).toMatchObject({
      name: 'accuracy',
      value: lastRun.metrics.accuracy,
      champion: null,
    });
    expect(lastRun.headline!.interval![0]).toBeLessThan(lastRun.metrics.accuracy!);
    expect(lastRun.headline!.naive).toBeLessThan(0.7);
    expect(Object.values(lastRun.metrics).every(Number.isFinite)).toBe(true);
    expect(Object.keys(lastRun.containerSeconds)).toHaveLength(4 + 1 + 1);
    expect(lastRun.seconds.states).toHaveProperty('Train model');
    expect(JSON.parse(readFileSync(join(pipeline.folder, 'last-run.json'), 'utf8'))).toEqual(lastRun);
    const { status, body } = await pipeline.schema();
    expect({ status, features: body.features!.length }).toEqual({ status: 200, features: 30 });
    await pipeline.mailOf(lastRun.runId);
    expect(pipeline.mails().map((mail) => /^Subject: \[table-local\] (\w+):/m.exec(mail)![1])).toEqual([
      'started',
      'deployed',
    ]);
    champion = lastRun.runId;
    firstRun = lastRun;
  });

  observabilityTests(
    pipelineStory,
    () => pipeline,
    () => firstRun,
  );

  check('the same input again is nothing to do, and no mail is sent', async () => {
    const before = pipeline.mails().length;
    const lastRun = await run();
    expect(lastRun).toMatchObject({
      status: 'SUCCEEDED',
      decision: 'nothing-to-do',
      championAfter: champion,
    });
    expect(lastRun.message).toContain(champion);
    expect(pipeline.mails()).toHaveLength(before);
  });

  step('a bad model is rejected with ModelRejected, and the champion stays', async () => {
    const lastRun = await run({ set: { 'training.epochs': '1', 'training.learning_rate': '1e-7' } });
    expect(lastRun).toMatchObject({
      status: 'FAILED',
      error: 'ModelRejected',
      decision: 'rejected',
      championBefore: champion,
      championAfter: champion,
      prediction: { modelVersion: champion },
    });
    expect(lastRun.message).toMatch(/accuracy 0\.\d{4} .*0\.85/);
    expect(await pipeline.mailOf(lastRun.runId)).toContain(lastRun.message);
    rejected = lastRun.runId;
  });

  check('the same rejected input is not trained a second time', async () => {
    const lastRun = await run({ set: { 'training.epochs': '1', 'training.learning_rate': '1e-7' } });
    expect(lastRun).toMatchObject({ decision: 'nothing-to-do', championAfter: champion });
    expect(lastRun.message).toContain(rejected);
  });

  step('a forced challenger replaces the champion without a failed request', async () => {
    const [header, row] = readFileSync(join(SAMPLE, 'data', 'part-1.csv'), 'utf8').split('\n');
    const values = row!.split(',').map(Number);
    instance = Object.fromEntries(
      header!
        .split(',')
        .map((name, i) => [name, values[i]!])
        .slice(1),
    ) as Record<string, number>;
    const body = JSON.stringify({ instances: [instance] });
    let running = true;
    const answers: { status: number; version: string | undefined }[] = [];
    const load = (async () => {
      while (running) {
        // Well below the 50 requests a second that the API lets through.
        await setTimeout(40);
        const answer = await pipeline.predict(body);
        answers.push({ status: answer.status, version: answer.body.modelVersion });
      }
    })();
    const lastRun = await run({ force: true }).finally(() => (running = false));
    await load;
    expect(lastRun).toMatchObject({
      decision: 'deployed',
      championBefore: champion,
      championAfter: lastRun.runId,
    });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]!.version).toBe(champion);
    champion = lastRun.runId;
    expect((await pipeline.predict(body)).body.modelVersion).toBe(champion);
  });

  step('Spot interruptions resume, and the model is the same to the last byte', async () => {
    const uninterrupted = await pipeline.championModel();
    const lastRun = await run({ force: true, interruptTraining: 2 });
    expect(lastRun.decision).toBe('deployed');
    expect(pipeline.shown.match(/resumed from checkpoint/g)).toHaveLength(2);
    champion = lastRun.runId;
    expect((await pipeline.championModel()).equals(uninterrupted)).toBe(true);
  });

  check(
    'a wrong answer to a golden request rolls back to the champion, and removes the candidate',
    async () => {
      const { s3, sagemaker } = pipeline.session.clients;
      const Bucket = pipeline.session.outputs.ArtifactsBucketName;
      const pending = run({ force: true });
      // The expected answers are changed as soon as the evaluation has written them.
      const Key = await until(
        'the evaluation has written golden.json',
        async () => {
          const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'runs/' }));
          const golden = Contents.map((object) => object.Key!).filter((key) => key.endsWith('/golden.json'));
          return golden.find((key) => key > `runs/${champion}/~`);
        },
        { everyMs: 20 },
      );
      const golden = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const spoiled = (await golden.Body!.transformToString()).replace(
        /"label": ?"\w+"/,
        '"label":"nothing"',
      );
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: spoiled }));

      const lastRun = await pending;
      expect(lastRun).toMatchObject({
        status: 'FAILED',
        error: 'SmokeTestFailed',
        decision: 'failed',
        championAfter: champion,
        prediction: { modelVersion: champion },
      });
      expect(lastRun.message).toContain('"nothing"');
      const { Endpoints } = await sagemaker.send(new ListEndpointsCommand({}));
      expect(Endpoints).toMatchObject([{ EndpointStatus: 'InService' }]);
      const { Models } = await sagemaker.send(new ListModelsCommand({}));
      expect(Models!.map(({ ModelName }) => ModelName)).not.toContainEqual(
        expect.stringContaining(lastRun.runId),
      );
    },
  );

  step(
    'a run that is stopped is aborted, with the cause; its jobs stop; a redrive ends it well',
    async () => {
      const { sfn, sagemaker } = pipeline.session.clients;
      const stateMachineArn = pipeline.session.outputs.StateMachineArn;
      const pending = run({ force: true, set: { 'training.epochs': '600' } });
      const training = (status: string) =>
        until(
          `the training job is ${status}`,
          async () => {
            const { TrainingJobSummaries } = await sagemaker.send(new ListTrainingJobsCommand({}));
            return TrainingJobSummaries![0]!.TrainingJobStatus === status;
          },
          { everyMs: 20 },
        );
      await training('InProgress');
      const { executions } = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
      );
      await sfn.send(
        new StopExecutionCommand({ executionArn: executions![0]!.executionArn, cause: 'lunch' }),
      );
      const lastRun = await pending;
      expect(lastRun).toMatchObject({ status: 'ABORTED', decision: 'aborted', championAfter: champion });
      expect(lastRun.message).toContain('lunch');
      expect(await pipeline.mailOf(lastRun.runId)).toMatch(/^Subject: \[table-local\] aborted/m);
      await training('Stopped');

      const { code, stdout } = await pipeline.mlops('redrive', lastRun.runId, '--wait', '--json');
      expect([code, stdout]).toEqual([0, expect.stringContaining('"decision":"deployed"')]);
      const { TrainingJobSummaries } = await sagemaker.send(new ListTrainingJobsCommand({}));
      expect(TrainingJobSummaries!.slice(0, 2).map(({ TrainingJobName }) => TrainingJobName)).toEqual([
        expect.stringMatching(/-train-100$/),
        expect.stringMatching(/-train-0$/),
      ]);
      champion = lastRun.runId;
    },
  );

  badInputTests(
    pipelineStory,
    () => pipeline,
    () => ({ champion, instance }),
  );

  awsCliTests(
    pipelineStory,
    () => pipeline,
    () => instance,
  );

  mlopsTests(
    pipelineStory,
    () => pipeline,
    () => instance,
  );

  check('the API takes a thousand rows, and CSV', async () => {
    const rows = Array.from({ length: 1000 }, () => instance);
    const answer = await pipeline.predict(JSON.stringify({ instances: rows }));
    expect(answer.body.predictions).toHaveLength(1000);
    const csv = `${Object.keys(instance).join(',')}\n${Object.values(instance).join(',')}\n`;
    const fromCsv = await pipeline.predict(csv, { 'content-type': 'text/csv' });
    expect(fromCsv.body.predictions?.[0]).toEqual(answer.body.predictions?.[0]);
  });
});
