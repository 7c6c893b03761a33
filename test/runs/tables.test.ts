import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { local } from '../../lib/config/local';
import { layout } from '../../lib/contract/layout';
import type { Evaluation } from '../../lambda/decide/evaluation';
import type { LastRun } from '../../start/report';
import { assemblyOf } from './assembly';
import { DeployedPipeline, type RunChanges } from './support';
import { CHANCE, chance, SMOKERS, smokers, UNLUCKY, unlucky, writeTable, type Table } from './tables';

/** Tables as people have them, one after the other through one pipeline: each is another one than the champion's. */
let pipeline: DeployedPipeline;
const tables: Table[] = [];

beforeAll(async () => {
  const assembly = assemblyOf({ ...local, gate: { ...local.gate, whenIncomparable: 'threshold' } });
  pipeline = await DeployedPipeline.open({ assembly });
  rmSync(assembly, { recursive: true });
});
afterAll(async () => {
  await pipeline.close();
  for (const { folder } of tables) rmSync(folder, { recursive: true });
});

function run(files: Record<string, string>, schema: object, changes?: RunChanges): Promise<LastRun> {
  const table = writeTable(files, schema);
  tables.push(table);
  return pipeline.run({ data: table.data, schema: table.schema, ...changes });
}

const example = (name: string, changes?: RunChanges) =>
  pipeline.run({
    data: join('examples', name, 'data'),
    schema: join('examples', name, 'schema.json'),
    ...changes,
  });

const evaluationOf = ({ runId }: LastRun) =>
  pipeline.artifact<Evaluation>(`${layout.evaluation(runId)}evaluation.json`);

test('copies of few distinct rows spread over the splits, and all files are read', async () => {
  const lastRun = await run(smokers(), SMOKERS);
  expect(lastRun).toMatchObject({ decision: 'deployed', headline: { name: 'accuracy' } });
  // The rule itself is right in 0.93 of the rows.
  expect(lastRun.metrics.accuracy).toBeGreaterThan(0.9);
  expect(lastRun.metrics.holdoutRows).toBeGreaterThan(1_800);
  expect(lastRun.warnings).toContainEqual(
    expect.stringMatching(/copies of one row make up .* of the test split/),
  );
  expect(await pipeline.mailOf(lastRun.runId)).toMatch(/copies of one row/);
});

test('a model that knows nothing is rejected, however high its accuracy', async () => {
  const lastRun = await run(chance(), CHANCE);
  expect(lastRun).toMatchObject({ decision: 'rejected', error: 'ModelRejected' });
  expect(lastRun.metrics.accuracy).toBeGreaterThan(0.99);
  expect(lastRun.message).toMatch(/averagePrecision .* is not better than .* naive answer, always "no"/);
  expect(lastRun.message).toMatch(/the default gate asks for averagePrecision and not for accuracy/);
});

test('validation and holdout that differ by chance are no disagreement of training and serving', async () => {
  const lastRun = await run(unlucky(), UNLUCKY);
  const { accuracy, 'validation:accuracy': validation } = lastRun.metrics;
  expect(accuracy! - validation!).toBeGreaterThan(0.1);
  expect(lastRun.message).not.toMatch(/do not agree/);
  expect(lastRun.decision).toBe('deployed');
});

test('a champion is compared by the names of its features, on the same holdout', async () => {
  const first = await example('iris');
  const { readFileSync } = await import('node:fs');
  const schema = JSON.parse(readFileSync('examples/iris/schema.json', 'utf8')) as { features: string[] };
  const files = Object.fromEntries(
    ['part-1.csv', 'part-2.csv'].map((name) => [
      name,
      readFileSync(join('examples/iris/data', name), 'utf8'),
    ]),
  );
  const reordered = { ...schema, features: [...schema.features].reverse().slice(1) };
  const second = await run(files, reordered);
  const [before, after] = await Promise.all([evaluationOf(first), evaluationOf(second)]);
  expect(after.holdout).toEqual({ ...before.holdout, sha256: expect.any(String) as string });
  expect(after.champion).toMatchObject({ version: first.runId });
  expect(after.champion).not.toHaveProperty('incomparable');
  const accuracy = (scores: Evaluation['champion']) =>
    scores && 'metrics' in scores ? scores.metrics.accuracy!.value : null;
  expect(accuracy(after.champion)).toBe(accuracy(before.candidate));
});

describe('examples', () => {
  test('penguins: categories and blanks', async () => {
    const lastRun = await example('penguins');
    expect(lastRun).toMatchObject({ decision: 'deployed', headline: { name: 'accuracy' } });
    expect(lastRun.metrics.accuracy).toBeGreaterThan(0.95);
    const { status, body } = await pipeline.predict(
      JSON.stringify({
        instances: [
          {
            island: 'Atlantis',
            beak_length_mm: null,
            beak_depth_mm: 15,
            flipper_length_mm: 220,
            body_mass_g: 5_000,
            sex: 'male',
          },
        ],
      }),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ warnings: [{ field: 'island' }] });
  });

  test('houses: a number, by trees', async () => {
    const lastRun = await example('houses', { set: { 'training.algorithm': 'trees' } });
    expect(lastRun).toMatchObject({ decision: 'deployed', headline: { name: 'r2' } });
    expect(lastRun.metrics.r2).toBeGreaterThan(0.8);
    expect(typeof lastRun.prediction!.answer).toBe('number');
  });

  test('churn: a rare class', async () => {
    const lastRun = await example('churn');
    expect(lastRun).toMatchObject({ decision: 'deployed', headline: { name: 'averagePrecision' } });
    expect(lastRun.headline!.value).toBeGreaterThan(2 * lastRun.headline!.naive!);
  });
});
