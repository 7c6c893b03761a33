import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { local } from '../support/configs';
import { layout } from '../../lib/contract/layout';
import type { Evaluation } from '../../lambda/decide/evaluation';
import type { LastRun } from '../../start/report';
import { assemblyOf } from '../runs/assembly';
import { DeployedPipeline, type RunChanges } from '../runs/support';
import { CHANCE, chance, SMOKERS, smokers, UNLUCKY, unlucky, writeTable, type Table } from './tables';

/** Tables with the difficulties of real data, one after the other on one pipeline. Each differs from the champion's. */
let pipeline: DeployedPipeline;
const tables: Table[] = [];

beforeAll(async () => {
  const assembly = assemblyOf({ ...local, gate: { ...local.gate, whenIncomparable: 'threshold' } });
  pipeline = await DeployedPipeline.open({ assembly });
  rmSync(assembly, { recursive: true });
});
afterAll(async () => {
  await pipeline?.close();
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
  const copies = lastRun.warnings.filter((warning) => warning.includes('test split'));
  expect(copies).toHaveLength(1);
  expect(await pipeline.mailOf(lastRun.runId)).toContain(copies[0]);
});

test('a model without skill is rejected, despite its high accuracy', async () => {
  const lastRun = await run(chance(), CHANCE);
  expect(lastRun).toMatchObject({ decision: 'rejected', error: 'ModelRejected' });
  expect(lastRun.metrics.accuracy).toBeGreaterThan(0.99);
  expect(lastRun.headline).toMatchObject({ name: 'averagePrecision' });
});

test('metrics of validation and holdout that differ by chance do not reject a model', async () => {
  const lastRun = await run(unlucky(), UNLUCKY);
  const { accuracy, 'validation:accuracy': validation } = lastRun.metrics;
  expect(accuracy! - validation!).toBeGreaterThan(0.1);
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
    expect(lastRun.prediction!.answer).toMatchObject({ predictions: [{ value: expect.any(Number) }] });
  });

  test('churn: a rare class', async () => {
    const lastRun = await example('churn');
    expect(lastRun).toMatchObject({ decision: 'deployed', headline: { name: 'averagePrecision' } });
    expect(lastRun.headline!.value).toBeGreaterThan(2 * lastRun.headline!.naive!);
  });
});
