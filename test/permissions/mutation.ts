import type { AuthorizationRequest } from 'local-cloud/testing';
import { Evidence, MissingLogs } from './evidence';
import { describe, grantsOfFunctions, grantsOfKeys, grantsOfRoles, type Grant } from './grants';
import { bringBack, forgetJobLogs, forgetProcesses, settle } from './reset';
import type { Unexercised } from './reviewed';
import type { Scenario } from './scenarios';
import { DEFAULT, VARIANTS, type Variant } from './variants';
import { Harness } from './harness';

const LOGGING = /^(logs:|cloudwatch:PutMetricData$)/;

export interface Report {
  /** Grants without which no scenario fails. */
  survivors: string[];
  /** Grants that no scenario uses and no entry of the reviewed file explains. */
  unused: string[];
  /** Entries of the reviewed file for no grant, or for one that a scenario uses. */
  needless: string[];
  /** Number of grants that were revoked, one at a time. */
  tried: number;
}

/** Each missing log is reported separately and fails nothing else, so such grants can be revoked together. */
const LOG_WRITING = /^logs:(CreateLogGroup|CreateLogStream|PutLogEvents)$/;

/** Grants that are revoked together. */
interface Trial {
  readonly names: readonly string[];
  /** Scenarios that use them, cheapest first. */
  readonly scenarios: readonly Scenario[];
}

/**
 * Revokes each grant of the deployed pipeline, one at a time, and runs the scenarios that use it. Skips the grants that an
 * earlier variant has.
 *
 * @param count number of pipelines, each on its own local cloud, that share the work
 */
export async function tryWithoutEach(
  variant: Variant,
  count: number,
  log: (line: string) => void,
): Promise<Report> {
  const known = await knownBefore(variant);
  const opened = await Promise.all(Array.from({ length: count }, () => Harness.open(variant.config)));
  try {
    const [scout, ...others] = opened as [Harness, ...Harness[]];
    const grants = (await allGrants(scout)).filter((grant) => !known.has(describe(grant)));
    const [proofs] = await Promise.all([
      proofsOf(scout, variant, grants, log),
      ...others.map((harness) => run(harness, variant.first)),
    ]);
    const unproven = grants.filter((grant) => proofs.get(grant)!.length === 0);
    // A champion in service takes longest to restore: the scenarios that need it are first.
    const order = (grant: Grant) => variant.scenarios.indexOf(proofs.get(grant)![0]!);
    const queue = grants.filter((grant) => !unproven.includes(grant)).sort((a, b) => order(a) - order(b));
    const tried = queue.length;
    const trials = trialsOf(queue, proofs);
    const survivors: string[] = [];
    const work = async (harness: Harness) => {
      const own = new Map((await allGrants(harness)).map((grant) => [describe(grant), grant]));
      const { first } = variant;
      for (let next = trials.shift(); next; next = trials.shift()) {
        const { scenarios } = next;
        const grants = next.names.map((name) => own.get(name)!);
        const doubtful =
          grants.length > 1 ? await unmissed(harness, grants, { scenarios, first }, log) : grants;
        for (const grant of doubtful) {
          if (!(await isNeeded(harness, grant, { scenarios, first }, log))) survivors.push(describe(grant));
        }
      }
    };
    await Promise.all(opened.map(work));
    return {
      survivors,
      unused: unproven
        .filter((grant) => !variant.unexercised.some((entry) => excuses(entry, grant)))
        .map(describe),
      needless: variant.unexercised
        .filter((entry) => !unproven.some((grant) => excuses(entry, grant)))
        .map(({ holder, actions }) => `${holder.source}: ${actions.join(', ')}`),
      tried,
    };
  } finally {
    await Promise.all(opened.map((harness) => harness.close()));
  }
}

const listed = new Map<Variant, Promise<string[]>>();

/** Returns the grants of all variants before this one. */
async function knownBefore(variant: Variant): Promise<Set<string>> {
  const all = [DEFAULT, ...VARIANTS];
  const known = new Set<string>();
  for (const before of all.slice(0, all.indexOf(variant))) {
    const names = listed.get(before) ?? grantsOf(before);
    listed.set(before, names);
    for (const name of await names) known.add(name);
  }
  return known;
}

async function grantsOf({ config }: Variant): Promise<string[]> {
  const harness = await Harness.open(config);
  try {
    return (await allGrants(harness)).map(describe);
  } finally {
    await harness.close();
  }
}

/** Returns one trial for each grant, and one for all log grants that the same scenario checks. */
function trialsOf(grants: readonly Grant[], proofs: ReadonlyMap<Grant, Scenario[]>): Trial[] {
  const trials = new Map<string, { names: string[]; holders: Set<string>; scenarios: readonly Scenario[] }>();
  for (const grant of grants) {
    const scenarios = proofs.get(grant)!;
    const [{ name, logs }] = scenarios as [Scenario];
    const together = `${grant.action} ${name}`;
    // Only one grant of a role at a time: `revoke` replaces the whole policy.
    const fits = logs && LOG_WRITING.test(grant.action) && !trials.get(together)?.holders.has(grant.holder);
    const key = fits ? together : describe(grant);
    const trial = trials.get(key) ?? { names: [], holders: new Set(), scenarios };
    trial.names.push(describe(grant));
    trial.holders.add(grant.holder);
    trials.set(key, trial);
  }
  return [...trials.values()];
}

async function allGrants({ cloud, ids }: Harness): Promise<Grant[]> {
  return [
    ...grantsOfRoles(cloud, ids),
    ...(await grantsOfFunctions(cloud, ids)),
    ...(await grantsOfKeys(cloud, ids)),
  ];
}

function excuses({ holder, actions }: Unexercised, grant: Grant): boolean {
  return holder.test(grant.holder) && actions.includes(grant.action);
}

/** Runs every scenario with all grants; returns for each grant the scenarios that need it. */
async function proofsOf(
  harness: Harness,
  { first, scenarios }: Variant,
  grants: readonly Grant[],
  log: (line: string) => void,
): Promise<Map<Grant, Scenario[]>> {
  const proofs = new Map(grants.map((grant): [Grant, Scenario[]] => [grant, []]));
  await run(harness, first);
  for (const scenario of scenarios) {
    const started = Date.now();
    const recorded = await harness.record(() => run(harness, scenario));
    // Requests that are denied anyway, and logs that the scenario does not check, prove nothing.
    const requests = recorded.filter(
      (request) => (scenario.logs || !LOGGING.test(request.action)) && harness.allows(request),
    );
    for (const grant of grants) {
      const restore = await grant.revoke();
      if (requests.some((request) => !harness.allows(request))) proofs.get(grant)!.push(scenario);
      await restore();
    }
    const proven = [...proofs.values()].filter((scenarios) => scenarios.length > 0).length;
    log(`${seconds(started)}  ${scenario.name}: ${requests.length} requests; ${proven} grants in use so far`);
  }
  return proofs;
}

/** Revokes log grants together. @returns those without which no log of their holder was missing */
async function unmissed(
  harness: Harness,
  grants: readonly Grant[],
  { scenarios, first }: { scenarios: readonly Scenario[]; first: Scenario },
  log: (line: string) => void,
): Promise<Grant[]> {
  const started = Date.now();
  const [scenario] = scenarios as [Scenario];
  const failure = await runWithout(harness, grants, scenario, first);
  const missed = (grant: Grant) => failure instanceof MissingLogs && failure.holders.has(grant.holder);
  for (const grant of grants.filter(missed)) {
    log(
      `${seconds(started)}  ${describe(grant)}  [${scenario.name}]  with ${grants.length - 1} others: a log is missing`,
    );
  }
  return grants.filter((grant) => !missed(grant));
}

/** Returns true if a scenario that uses the grant fails without it. */
async function isNeeded(
  harness: Harness,
  grant: Grant,
  { scenarios, first }: { scenarios: readonly Scenario[]; first: Scenario },
  log: (line: string) => void,
): Promise<boolean> {
  for (const scenario of scenarios) {
    const started = Date.now();
    const failure = await runWithout(harness, [grant], scenario, first);
    const result = failure?.message.split('\n')[0] ?? 'NOTHING FAILED';
    log(`${seconds(started)}  ${describe(grant)}  [${scenario.name}]  ${result}`);
    if (failure !== undefined) return true;
  }
  return false;
}

/**
 * @returns the failure; undefined if the scenario succeeded
 * @throws Error if it failed although no request was denied that the grants allow
 */
async function runWithout(
  harness: Harness,
  grants: readonly Grant[],
  scenario: Scenario,
  first: Scenario,
): Promise<Error | undefined> {
  await settle(harness);
  if (scenario.champion) await bringBack(harness);
  if (scenario.champion && !(await harness.hasChampion())) await run(harness, first);
  const restore: (() => Promise<void>)[] = [];
  for (const grant of grants) restore.push(await grant.revoke());
  const requests: AuthorizationRequest[] = [];
  const stop = harness.watch((request) => requests.push(request));
  let failure: Error | undefined;
  let refused: AuthorizationRequest[];
  try {
    await run(harness, scenario);
  } catch (error) {
    failure = error as Error;
  } finally {
    stop();
    refused = requests.filter((request) => !harness.allows(request));
    for (const restoreOne of restore.reverse()) await restoreOne();
  }
  if (failure !== undefined && !refused.some((request) => harness.allows(request))) {
    const revoked = grants.map(describe).join(', ');
    throw new Error(`${scenario.name} failed for another reason than without ${revoked}: ${failure.message}`);
  }
  return failure;
}

/** Runs a scenario with new function processes and without job logs, so that calls that are made only once are made again. */
async function run(harness: Harness, scenario: Scenario): Promise<void> {
  await forgetProcesses(harness);
  await forgetJobLogs(harness);
  const evidence = new Evidence(harness);
  await scenario.run(harness, evidence);
  evidence.logsAreThere();
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1).padStart(5)} s`;
}
