import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Story } from './story';
import { SAMPLE, type DeployedPipeline } from './support';

/** Tests bad data, hyperparameters and requests. A model is in production, and stays there. */
export function badInputTests(
  { check }: Story,
  deployed: () => DeployedPipeline,
  production: () => { readonly champion: string; readonly instance: object },
): void {
  describe('bad input', () => {
    const copy = (change: (data: string, schema: string) => void) => {
      const folder = mkdtempSync(join(tmpdir(), 'bad-'));
      cpSync(SAMPLE, folder, { recursive: true });
      change(join(folder, 'data'), join(folder, 'schema.json'));
      return { data: join(folder, 'data'), schema: join(folder, 'schema.json') };
    };
    const edit = (file: string, from: string | RegExp, to: string | ((found: string) => string)) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace(from, to as string));

    check.each<[string, (data: string, schema: string) => void, string[]]>([
      [
        'a missing column',
        (data) => edit(join(data, 'part-2.csv'), 'radius_mean', 'radius'),
        ['part-2.csv', '"radius_mean"'],
      ],
      [
        'a duplicated header',
        (data) => edit(join(data, 'part-2.csv'), 'texture_mean', 'radius_mean'),
        ['part-2.csv', '"radius_mean"'],
      ],
      ['an empty file', (data) => writeFileSync(join(data, 'part-9.csv'), ''), ['part-9.csv']],
      [
        'a cell that is not a number',
        (data) => edit(join(data, 'part-3.csv'), /\n(\w+),[\d.]+/, '\n$1,abc'),
        ['Plan run', 'part-3.csv', '"radius_mean"', '"abc"'],
      ],
      [
        'a label outside the classes, beyond the first rows',
        (data) =>
          edit(join(data, 'part-3.csv'), /\n(.|\n)*$/, (rows) =>
            rows.repeat(2).replace(/\n\w+(,.*\n)$/, '\nmaybe$1'),
          ),
        ['Check data', '"diagnosis"', 'part-3.csv row 284', '"maybe"'],
      ],
      [
        'a schema that names an absent column',
        (_, schema) => edit(schema, '"area_mean"', '"volume"'),
        ['part-1.csv', '"volume"'],
      ],
    ])(
      '%s fails the run, the message names file and column, and the champion stays',
      async (_, change, facts) => {
        const input = copy(change);
        const lastRun = await deployed().run(input);
        rmSync(join(input.data, '..'), { recursive: true });
        expect(lastRun).toMatchObject({
          status: 'FAILED',
          decision: 'failed',
          error: 'InvalidData',
          championAfter: production().champion,
        });
        for (const fact of facts) expect(lastRun.message).toContain(fact);
        expect(await deployed().mailOf(lastRun.runId)).toContain(lastRun.message);
        expect(lastRun.prediction?.modelVersion).toBe(production().champion);
      },
    );

    check.each([
      [{ 'training.epochs': '-1' }, '"training.epochs" is "-1"'],
      [{ 'training.epoch': '5' }, '"training.epoch"'],
    ])('hyperparameters %j fail the run before a job starts', async (set, fact) => {
      const lastRun = await deployed().run({ set });
      expect(lastRun).toMatchObject({
        status: 'FAILED',
        error: 'InvalidRunInput',
        championAfter: production().champion,
      });
      expect(lastRun.message).toContain(fact);
      expect(await deployed().mailOf(lastRun.runId)).toContain(lastRun.message);
    });

    check.each<[string, () => string, Record<string, string>, number, string]>([
      ['a body that is not JSON', () => '{"instances":', {}, 400, 'JSON'],
      ['an empty body', () => '', {}, 400, 'body'],
      [
        'a feature missing',
        () => JSON.stringify({ instances: [{ ...production().instance, area_mean: undefined }] }),
        {},
        400,
        'area_mean',
      ],
      [
        'text for a number',
        () => JSON.stringify({ instances: [{ ...production().instance, area_mean: 'big' }] }),
        {},
        400,
        'area_mean',
      ],
      ['another content type', () => 'x', { 'content-type': 'text/plain' }, 415, 'text/plain'],
      ['no key', () => '{}', { 'x-api-key': '' }, 403, 'x-api-key'],
      ['a body over the limit', () => `{"instances":[{"a":"${'x'.repeat(6_300_000)}"}]}`, {}, 413, '6291456'],
    ])('the API refuses %s', async (_, body, headers, status, fact) => {
      const answer = await deployed().predict(body(), headers);
      expect(answer.status).toBe(status);
      expect(answer.body.error?.message).toContain(fact);
    });
  });
}
