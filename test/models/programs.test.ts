import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { digests, ExamplePrograms, finalMetrics } from '../containers/support/example';
import { EXAMPLES, temporaryFolders } from '../containers/support/program';

/** Example models of any data: the whole contract of docs/bring-your-own-model.md, without the pipeline. */
interface Example {
  readonly name: string;
  /** Files of two shards, all of the data together. */
  readonly shards: readonly (readonly string[])[];
  readonly rows: number;
  /** A file with one row that cannot be used, and nothing else. */
  readonly bad: Record<string, string | Buffer>;
  readonly metric: 'accuracy' | 'rmse';
  /** Hyperparameters of a training that is long enough to be interrupted, and a line that it prints early. */
  readonly long: Record<string, string>;
  readonly under: string;
  readonly wrongHyperparameter: readonly [Record<string, string>, RegExp];
  readonly wrongBodies: readonly (readonly [string | Buffer, string])[];
}

const images = (from: number, to: number): string[] =>
  ['circle', 'square', 'triangle'].flatMap((shape) =>
    readdirSync(path.join(EXAMPLES, 'images/data', shape))
      .sort()
      .slice(from, to)
      .map((name) => `${shape}/${name}`),
  );

const EXAMPLES_OF_MODELS: readonly Example[] = [
  {
    name: 'images',
    shards: [images(0, 60), images(60, 100)],
    rows: 300,
    bad: {
      'circle/torn.png': readFileSync(path.join(EXAMPLES, 'images/data/circle/0001.png')).subarray(0, 80),
    },
    metric: 'accuracy',
    long: { epochs: '50' },
    under: 'epoch=2/',
    wrongHyperparameter: [
      { epochs: 'many' },
      /^hyperparameter epochs: "many" is not a whole number from 1 to/,
    ],
    wrongBodies: [
      ['no image', 'body'],
      [Buffer.alloc(0), 'body'],
    ],
  },
  {
    name: 'text',
    shards: [['messages-1.jsonl'], ['messages-2.jsonl']],
    rows: 600,
    bad: { 'messages.jsonl': '{"text": 7, "label": "billing"}\n' },
    metric: 'accuracy',
    long: { steps: '4000' },
    under: 'step=40/',
    wrongHyperparameter: [
      { learning_rate: '-1' },
      /^hyperparameter learning_rate: "-1" is not a number from/,
    ],
    wrongBodies: [
      ['{"text": "not a string"}', 'body'],
      ['no JSON', 'body'],
      ['" "', 'body'],
    ],
  },
  {
    name: 'own-server',
    shards: [['trips-1.csv'], ['trips-2.csv']],
    rows: 900,
    bad: {
      'trips.csv':
        'trip,city,vehicle,weekday,distance_km,parcels,rain_mm,minutes\nT1,Aach,van,Mon,far,2,,30\n',
    },
    metric: 'rmse',
    long: { rounds: '4000' },
    under: 'round=40/',
    wrongHyperparameter: [{ depth: '3' }, /^hyperparameter "depth": unknown; known are .*max_depth/],
    wrongBodies: [
      ['[]', 'rows'],
      ['no JSON', 'body'],
      ['{"rows": [{"city": "Aach", "vehicle": "van", "weekday": "Mon", "parcels": true}]}', 'rows[0]'],
    ],
  },
];

const folders = temporaryFolders();

describe.each(EXAMPLES_OF_MODELS)('examples/$name', (example) => {
  const { name, shards, rows, metric } = example;
  const json = (file: string): any => JSON.parse(readFileSync(file, 'utf8'));
  let programs: ExamplePrograms;
  let prepared: string[];
  let trained: { base: string; status: number; output: string };
  let evaluated: string;
  beforeAll(async () => {
    programs = new ExamplePrograms(name, folders);
    prepared = await Promise.all(shards.map((files, index) => programs.preprocess(index, files)));
    const base = programs.layOutTraining(prepared);
    trained = { base, ...(await programs.start('train', base, ['train']).ended()) };
    evaluated = await programs.evaluate(prepared, base, base);
  });
  afterAll(() => programs.remove());

  test('preprocessing counts every row once, and names its files by the shard', () => {
    const reports = prepared.map((output, index) =>
      json(path.join(output, `report/shard-0000${index}.json`)),
    );
    const splits = ['train', 'validation', 'test'] as const;
    const of = (split: string) => reports.reduce((sum, report) => sum + report.rows[split], 0);
    expect(splits.reduce((sum, split) => sum + of(split), 0)).toBe(rows);
    // Binomial: five standard deviations around a fifth.
    const margin = 5 * Math.sqrt(rows * 0.2 * 0.8);
    for (const split of ['validation', 'test']) expect(Math.abs(of(split) - rows * 0.2)).toBeLessThan(margin);
    const names = prepared.map((output) => Object.keys(digests(output)));
    expect(names[0]!.filter((file) => names[1]!.includes(file))).toEqual([]);
  });

  test('a row is in the same split whatever its shard', async () => {
    const again = await programs.preprocess(0, shards[0]!);
    expect(digests(again)).toEqual(digests(prepared[0]!));
    const asSecond = await programs.preprocess(1, shards[0]!);
    const renamed = Object.entries(digests(asSecond)).map(([file, digest]) => [
      file.replace('shard-00001', 'shard-00000'),
      digest,
    ]);
    expect(Object.fromEntries(renamed)).toEqual(digests(prepared[0]!));
  });

  test('preprocessing sets a bad row aside', async () => {
    const output = await programs.preprocess(0, example.bad);
    expect(json(path.join(output, 'report/shard-00000.json'))).toEqual({
      rows: { train: 0, validation: 0, test: 0 },
      rejected: 1,
    });
  });

  test('the training’s own metric is the serving code’s on the same rows', () => {
    expect(trained.status).toBe(0);
    const { agreement } = json(path.join(evaluated, 'evaluation.json'));
    expect(finalMetrics(trained.output)[`validation:${metric}`]).toBeCloseTo(agreement.metrics[metric], 5);
    expect(agreement.rows).toBeGreaterThan(0);
  });

  test('the model beats the naive answer beyond doubt, and equals itself as champion', () => {
    const { advantages, differences, champion, candidate } = json(path.join(evaluated, 'evaluation.json'));
    const [low, high] = advantages[metric].interval;
    if (metric === 'rmse') expect(high).toBeLessThan(-0.5 * candidate.metrics.rmse.value);
    else expect(low).toBeGreaterThan(0.2);
    expect(champion.metrics).toEqual(candidate.metrics);
    expect(differences[metric]).toEqual({ value: 0, interval: [0, 0] });
  });

  test('an interrupted training saves a checkpoint, and resumed makes the same model', async () => {
    const uninterrupted = programs.layOutTraining(prepared, example.long);
    const whole = await programs.start('train', uninterrupted, ['train']).ended();
    const base = programs.layOutTraining(prepared, example.long);
    const interrupted = programs.start('train', base, ['train']);
    await interrupted.seen(example.under);
    expect(await interrupted.stop()).toBe(143);
    expect(digests(path.join(base, 'model'))).toEqual({});
    expect(Object.keys(digests(path.join(base, 'checkpoints')))).not.toEqual([]);

    const resumed = await programs.start('train', base, ['train']).ended();
    expect(resumed.output).toContain('resumed from checkpoint');
    expect(resumed.output).not.toContain(example.under);
    expect(digests(path.join(base, 'model'))).toEqual(digests(path.join(uninterrupted, 'model')));
    expect(finalMetrics(resumed.output)).toEqual(finalMetrics(whole.output));
  });

  test('a wrong hyperparameter ends the training with a sentence', async () => {
    const [hyperparameters, sentence] = example.wrongHyperparameter;
    const base = programs.layOutTraining(prepared, hyperparameters);
    expect((await programs.start('train', base, ['train']).ended()).status).toBe(1);
    expect(readFileSync(path.join(base, 'output/failure'), 'utf8')).toMatch(sentence);
  });

  test('the server answers the golden requests as the evaluation did, and refuses wrong input', async () => {
    const golden = json(path.join(evaluated, 'golden.json'));
    expect(golden).toHaveLength(5);
    const { url, stop } = await programs.serve(trained.base);
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    const ask = async (body: string | Buffer, type: string) => {
      const response = await fetch(`${url}/invocations`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(Buffer.from(body)),
      });
      return { status: response.status, answer: await response.json() };
    };
    for (const { contentType, body, bodyBase64, answer } of golden) {
      const content = body ?? Buffer.from(bodyBase64, 'base64');
      expect(await ask(content, contentType)).toEqual({ status: 200, answer });
      expect(answer.modelVersion).toBe('run-2');
    }
    const { contentType } = golden[0];
    for (const [body, field] of example.wrongBodies) {
      expect(await ask(body, contentType)).toMatchObject({
        status: 400,
        answer: { error: { code: 'InvalidInput', field, message: expect.stringContaining(field) } },
      });
    }
    expect(await ask('a,b\n', 'text/csv')).toMatchObject({
      status: 415,
      answer: { error: { code: 'UnsupportedMediaType' } },
    });
    expect(await stop()).toBe(0);
  });
});
