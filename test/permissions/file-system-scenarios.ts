import type { Evidence } from './evidence';
import { forgetChampion } from './reset';
import { SCENARIOS, type Scenario } from './scenarios';
import type { Harness } from './harness';

/** Jobs in a private network, and training data in a file system. Cheapest first. */
export const FILE_SYSTEM_SCENARIOS: readonly Scenario[] = [
  SCENARIOS.find(({ name }) => name === 'a prediction through the API')!,
  { name: 'a first model in a private network', champion: false, logs: true, run: first },
];

async function first(harness: Harness, evidence: Evidence): Promise<void> {
  await forgetChampion(harness);
  const run = await harness.start({ force: true, hyperparameters: { 'training.epochs': '10' } });
  await evidence.success(run);
  await evidence.deployed(run);
  await evidence.jobLogs(run);
}
