import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE, type DeployedPipeline } from './support';

/** What a team and its callers get wrong; a model is in production, and stays there. */
export function badInputTests(
  deployed: () => DeployedPipeline,
  production: () => { readonly champion: string; readonly instance: object },
): void {
  describe('bad input', () => {
    const copy = (change: (data: string, schema: string) => void) => {
      const place = mkdtempSync(join(tmpdir(), 'bad-'));
      cpSync(SAMPLE, place, { recursive: true });
      change(join(place, 'data'), join(place, 'schema.json'));
      return { data: join(place, 'data'), schema: join(place, 'schema.json') };
    };
    const edit = (file: string, from: string | RegExp, to: string | ((found: string) => string)) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace(from, to as string));

    test.each<[string, (data: string, schema: string) => void, RegExp]>([
      [
        'a missing column',
        (data) => edit(join(data, 'part-2.csv'), 'radius_mean', 'radius'),
        /part-2\.csv: column "radius_mean" of the schema is missing/,
      ],
      [
        'a duplicated header',
        (data) => edit(join(data, 'part-2.csv'), 'texture_mean', 'radius_mean'),
        /part-2\.csv: the header names the column "radius_mean" twice/,
      ],
      [
        'an empty file',
        (data) => writeFileSync(join(data, 'part-9.csv'), ''),
        /part-9\.csv: the file is empty/,
      ],
      [
        'a cell that is no number',
        (data) => edit(join(data, 'part-3.csv'), /\n(\w+),[\d.]+/, '\n$1,abc'),
        /Plan run.*part-3\.csv:\n- column "radius_mean": 1 of the first 142 rows .*"abc"; correct the cells/,
      ],
      [
        'a label outside the classes, beyond the first rows',
        (data) =>
          edit(join(data, 'part-3.csv'), /\n(.|\n)*$/, (rows) =>
            rows.repeat(2).replace(/\n\w+(,.*\n)$/, '\nmaybe$1'),
          ),
        /Check data.*\n- column "diagnosis": 1 row, not one of the classes .*part-3\.csv row 284 "maybe"/,
      ],
      [
        'a schema that names an absent column',
        (_, schema) => edit(schema, '"area_mean"', '"volume"'),
        /part-1\.csv and 3 more files: column "volume" of the schema is missing/,
      ],
    ])(
      '%s fails the run with one clear message, and nothing deployed changes',
      async (_, change, message) => {
        const place = copy(change);
        const lastRun = await deployed().run(place);
        rmSync(join(place.data, '..'), { recursive: true });
        expect(lastRun).toMatchObject({
          status: 'FAILED',
          decision: 'failed',
          error: 'InvalidData',
          championAfter: production().champion,
        });
        expect(lastRun.message).toMatch(message);
        expect(await deployed().mailOf(lastRun.runId)).toContain(lastRun.message);
        expect(lastRun.prediction?.modelVersion).toBe(production().champion);
      },
    );

    test.each([
      [{ 'training.epochs': '-1' }, /"training\.epochs" is "-1".*an integer from 0 to 10000/],
      [{ 'training.epoch': '5' }, /"training\.epoch" .*is unknown/],
    ])('hyperparameters %j fail it before anything starts', async (set, message) => {
      const lastRun = await deployed().run({ set });
      expect(lastRun).toMatchObject({
        status: 'FAILED',
        error: 'InvalidRunInput',
        championAfter: production().champion,
      });
      expect(lastRun.message).toMatch(message);
      expect(await deployed().mailOf(lastRun.runId)).toContain(lastRun.message);
    });

    test.each<[string, () => string, Record<string, string>, number, RegExp]>([
      ['no JSON', () => '{"instances":', {}, 400, /not JSON/],
      ['an empty body', () => '', {}, 400, /body is empty/],
      [
        'a feature missing',
        () => JSON.stringify({ instances: [{ ...production().instance, area_mean: undefined }] }),
        {},
        400,
        /area_mean/,
      ],
      [
        'text for a number',
        () => JSON.stringify({ instances: [{ ...production().instance, area_mean: 'big' }] }),
        {},
        400,
        /instances\[0\]\.area_mean.*"big"|"big".*area_mean/,
      ],
      ['another content type', () => 'x', { 'content-type': 'text/plain' }, 415, /text\/plain/],
      ['no key', () => '{}', { 'x-api-key': '' }, 403, /x-api-key/],
      ['a body over the limit', () => `{"instances":[{"a":"${'x'.repeat(6_300_000)}"}]}`, {}, 413, /6291456/],
    ])('the API refuses %s', async (_, body, headers, status, message) => {
      const answer = await deployed().predict(body(), headers);
      expect(answer.status).toBe(status);
      expect(answer.body.error?.message).toMatch(message);
    });
  });
}
