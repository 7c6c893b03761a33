import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Story } from './story';
import type { DeployedPipeline } from './support';

/** Tests `npx mlops` as an operator uses it. Earlier runs have deployed two models and rejected one. */
export function mlopsTests(
  { step, check }: Story,
  deployed: () => DeployedPipeline,
  instance: () => object,
): void {
  describe('npx mlops', () => {
    const mlops = (...args: string[]) => deployed().mlops(...args);
    const json = async <T>(...args: string[]): Promise<T> => {
      const { code, stdout, stderr } = await mlops(...args, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout) as T;
    };
    interface Model {
      version: string;
      inService: boolean;
      inSageMaker: boolean;
    }

    step('a run uploads the sample data again, which earlier tests replaced', async () => {
      await deployed().run();
    });

    check('run --wait --json writes each event as a line, and exits with 0 for nothing to do', async () => {
      const { code, stdout } = await mlops('run', '--wait', '--json', '--name', 'by-mlops');
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; name?: string; decision?: string });
      expect(code).toBe(0);
      expect(events[0]).toMatchObject({ event: 'started', runId: 'by-mlops' });
      expect(events).toContainEqual(
        expect.objectContaining({ event: 'state', name: 'Plan run', kind: 'left' }),
      );
      expect(events.at(-1)).toMatchObject({ event: 'ended', decision: 'nothing-to-do' });
      const again = await mlops('run', '--name', 'by-mlops', '--force');
      expect(again).toMatchObject({ code: 1, stdout: '' });
      expect(again.stderr).toContain('--name is "by-mlops"');
    });

    check(
      'status --watch shows a rejected run from its start and exits with 2; runs and logs have it',
      async () => {
        const listed = await json<{ runId: string; decision: string }[]>('runs', '--limit', '100');
        const rejected = listed.find(({ decision }) => decision === 'rejected')!;
        expect(rejected).toMatchObject({
          status: 'FAILED',
          headline: { name: 'accuracy', naive: expect.any(Number) },
        });
        const { runId } = rejected;

        const watched = await mlops('status', runId, '--watch');
        expect(watched.code).toBe(2);
        expect(watched.stdout).toMatch(/✓ Train model +\d+\.\d s\n/);
        expect(watched.stdout).toMatch(/ {2}epoch 1\/1 /);
        expect(watched.stdout).toMatch(/\nrejected: accuracy /);
        expect(watched.stdout).not.toContain('\u001b');
        const shown = await mlops('status', runId);
        expect(shown.stdout).toMatch(new RegExp(`^Run +${runId}\nStatus +FAILED\nDecision +rejected\n`));

        const logs = (await mlops('logs', runId)).stdout.trimEnd().split('\n');
        const times = logs.filter((line) => /^\d\d:/.test(line)).map((line) => line.slice(0, 12));
        expect(times).toEqual([...times].sort());
        for (const source of ['-train-0  ', '-preprocess-0-0  ', '-evaluate-0  ', 'Decide'])
          expect(logs).toContainEqual(expect.stringContaining(source));
      },
    );

    step('models, lineage and rollback agree, and a rollback under load fails no request', async () => {
      const before = await json<Model[]>('models');
      const [current, previous] = before as [Model, Model];
      expect(before.map(({ inService }) => inService)).toEqual(before.map((_, i) => i === 0));

      const body = JSON.stringify({ instances: [instance()] });
      const answers: { status: number; version: string | undefined }[] = [];
      let running = true;
      const load = (async () => {
        while (running) {
          await setTimeout(30);
          const { status, body: answer } = await deployed().predict(body);
          answers.push({ status, version: answer.modelVersion });
        }
      })();
      const rolled = await json<{ from: string; to: string; seconds: number }>('rollback').finally(() => {
        running = false;
      });
      await load;
      expect(rolled).toMatchObject({ from: current.version, to: previous.version });
      expect(rolled.seconds).toBeLessThanOrEqual(10);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(answers[0]!.version).toBe(current.version);
      expect((await deployed().predict(body)).body.modelVersion).toBe(previous.version);

      const after = await json<Model[]>('models');
      expect(after.find(({ inService }) => inService)!.version).toBe(previous.version);
      const line = await json<any>('lineage', previous.version);
      expect(line).toMatchObject({ runId: previous.version, decision: 'deployed' });
      expect(line.data[0]).toMatchObject({ versionId: expect.any(String) });
      expect(line.images.training).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(line.images.inference).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(line.service.at(-1)).toMatchObject({ until: null, replacedBy: null });
      expect(line.service[0]).toMatchObject({ replacedBy: current.version });

      const again = await mlops('rollback', '--to', previous.version);
      expect(again).toMatchObject({ code: 1, stdout: '' });
      await json('rollback', '--to', current.version);
      expect((await deployed().predict(body)).body.modelVersion).toBe(current.version);
    });

    check('traffic shows and sets weights, and refuses weights that are all 0', async () => {
      const traffic = await json<{ variants: object[] }>('traffic', '--variant', 'primary=3');
      expect(traffic.variants).toEqual([{ variant: 'primary', weight: 3, share: 1 }]);
      const none = await mlops('traffic', '--variant', 'primary=0');
      expect(none).toMatchObject({ code: 64, stdout: '' });
      await mlops('traffic', '--variant', 'primary=1');
    });

    check('predict sends JSON and CSV to the API with its key, and shows its errors', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'mlops-'));
      const file = (name: string, text: string) => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      try {
        const row = instance();
        const asJson = file('row.json', JSON.stringify({ instances: [row] }));
        const asCsv = file('row.csv', `${Object.keys(row).join()}\n${Object.values(row).join()}\n`);
        const answers = [await json<any>('predict', asJson), await json<any>('predict', asCsv)];
        expect(answers[1].predictions).toEqual(answers[0].predictions);
        expect((await mlops('predict', asCsv)).stdout).toMatch(/^ROW +LABEL +PROBABILITY\n +1 +\w+ /);
        const refused = await mlops('predict', file('bad.json', '{}'));
        expect(refused).toMatchObject({ code: 1, stdout: '' });
        expect(refused.stderr).toMatch(/^mlops: .*400 InvalidInput: .+\n$/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    check.each([
      [['status', 'nope'], 1, 'RUN is "nope"'],
      [['redrive', 'nope'], 1, 'RUN is "nope"'],
      [['lineage', 'nope'], 1, 'ID is "nope"'],
      [['rollback', '--to', 'nope'], 1, '--to is "nope"'],
      [['runs', '--environment', 'stage'], 1, 'pipeline "table-stage"'],
      [['run', '--set', 'training.epochs=-1'], 64, '"training.epochs" is "-1"'],
    ])('%j is refused with one line', async (args, code, value) => {
      const ended = await mlops(...args);
      expect(ended).toMatchObject({ code, stdout: '' });
      expect(ended.stderr).toContain(value);
      expect(ended.stderr.trimEnd()).not.toContain('\n');
    });
  });
}
