import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GuardedPipeline, requestBody } from '../runs/guarded';
import { story } from '../runs/story';

const CANARY = { strategy: 'canary', canaryPercent: 50, bakeSeconds: 120 } as const;

const { step } = story();
let guarded: GuardedPipeline;
let champion: string;

beforeAll(async () => {
  guarded = await GuardedPipeline.open(CANARY);
  champion = (await guarded.run()).runId;
});
afterAll(() => guarded?.close());

describe('a good challenger takes over without a failed request', () => {
  step.each([
    [{ strategy: 'canary', canaryPercent: 50, bakeSeconds: 30 } as const, 2],
    [{ strategy: 'linear', stepPercent: 50, bakeSeconds: 20 } as const, 2],
    [{ strategy: 'rolling', batchPercent: 50, bakeSeconds: 20 } as const, 2],
    [{ strategy: 'allAtOnce', bakeSeconds: 30 } as const, 1],
  ])('%j', async (deployment, instances) => {
    await guarded.change(deployment, instances);
    const load = guarded.load(requestBody());
    const lastRun = await guarded.run(true).finally(() => load.stop());
    const { answers } = load;
    expect(lastRun).toMatchObject({ decision: 'deployed', championBefore: champion });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const versions = answers.map(({ version }) => version);
    expect(new Set(versions)).toEqual(new Set([champion, lastRun.runId]));
    // Where traffic moves in parts both answer for a while, the old one after the new one's first answer too.
    const overlap = versions.lastIndexOf(champion) - versions.indexOf(lastRun.runId);
    if (deployment.strategy !== 'allAtOnce') expect(overlap).toBeGreaterThan(5);
    champion = lastRun.runId;
  });
});

step(
  'a challenger whose containers keep ending is rolled back by its alarm, and the champion serves on',
  async () => {
    await guarded.change(CANARY);
    const load = guarded.load(requestBody());
    const known = new Set(endpointFolders());
    const pending = guarded.run(true);
    // Each container of the challenger, those that SageMaker starts in the place of ended ones among them.
    const killing = setInterval(() => {
      if (!load.answers.some(({ version }) => version !== champion && version !== undefined)) return;
      endpointFolders()
        .filter((name) => !known.has(name))
        .forEach(killProcessesOf);
    }, 50);
    const lastRun = await pending.finally(() => {
      clearInterval(killing);
      return load.stop();
    });
    const { answers } = load;
    expect(lastRun).toMatchObject({
      status: 'FAILED',
      error: 'DeploymentRolledBack',
      championAfter: champion,
      prediction: { modelVersion: champion },
    });
    expect(lastRun.message).toContain('mlops-table-local-primary-errors');
    expect(await guarded.pipeline.mailOf(lastRun.runId)).toContain('mlops-table-local-primary-errors');
    expect(answers.at(-1)).toMatchObject({ status: 200, version: champion });
  },
);

function endpointFolders(): string[] {
  return readdirSync(join(guarded.pipeline.folder, 'cloud', 'endpoints'));
}

/** Ends the containers whose folder this is, as a crash would. */
function killProcessesOf(folder: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Not ours, or gone in the meantime.
    }
  }
}
