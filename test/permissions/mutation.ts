import type { AuthorizationRequest } from 'local-cloud/testing';
import { Evidence, MissingLogs } from './evidence';
import { describe, grantsOfFunctions, grantsOfKeys, grantsOfRoles, type Grant } from './grants';
import { forgetJobLogs, forgetProcesses, settle } from './reset';
import type { Unexercised } from './reviewed';
import type { Scenario } from './scenarios';
import { DEFAULT, VARIANTS, type Variant } from './variants';
import { Workbench } from './workbench';

const LOGGING = /^(logs:|cloudwatch:PutMetricData$)/;

export interface Report {
  /** Grants without which every run does as it should. */
  survivors: string[];
  /** Grants that no scenario asks for, and no entry of the reviewed file excuses. */
  unused: string[];
  /** Entries of the reviewed file that excuse nothing, or what a scenario does ask for. */
  needless: string[];
  /** How many grants were taken away, one at a time. */
  tried: number;
}

/** A log is missed for itself, and nothing fails without: such grants can be taken away together. */
const LOG_WRITING = /^logs:(CreateLogGroup|CreateLogStream|PutLogEvents)$/;

/** Grants that are tried in one go. */
interface Trial {
  readonly names: readonly string[];
  /** What asks for them, cheapest first. */
  readonly scenarios: readonly Scenario[];
}

/**
 * Takes away each grant of the deployed pipeline, one at a time, and runs what asks for it. Of a variant only those
 * that no configuration before it has.
 *
 * @param benches how many pipelines, each on a cloud of its own, share the work
 */
export async function tryWithoutEach(
  variant: Variant,
  benches: number,
  log: (line: string) => void,
): Promise<Report> {
  const known = await knownBefore(variant);
  const opened = await Promise.all(Array.from({ length: benches }, () => Workbench.open(variant.config)));
  try {
    const [scout, ...others] = opened as [Workbench, ...Workbench[]];
    const grants = (await allGrants(scout)).filter((grant) => !known.has(describe(grant)));
    const [proofs] = await Promise.all([
      proofsOf(scout, variant, grants, log),
      ...others.map((bench) => run(bench, variant.first)),
    ]);
    const unproven = grants.filter((grant) => proofs.get(grant)!.length === 0);
    // A champion in service is the costliest state: what needs it comes first.
    const order = (grant: Grant) => variant.scenarios.indexOf(proofs.get(grant)![0]!);
    const queue = grants.filter((grant) => !unproven.includes(grant)).sort((a, b) => order(a) - order(b));
    const tried = queue.length;
    const trials = trialsOf(queue, proofs);
    const survivors: string[] = [];
    const work = async (bench: Workbench) => {
      const own = new Map((await allGrants(bench)).map((grant) => [describe(grant), grant]));
      const { first } = variant;
      for (let next = trials.shift(); next; next = trials.shift()) {
        const { scenarios } = next;
        const grants = next.names.map((name) => own.get(name)!);
        const doubtful =
          grants.length > 1 ? await unmissed(bench, grants, { scenarios, first }, log) : grants;
        for (const grant of doubtful) {
          if (!(await isNeeded(bench, grant, { scenarios, first }, log))) survivors.push(describe(grant));
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
    await Promise.all(opened.map((bench) => bench.close()));
  }
}

const listed = new Map<Variant, Promise<string[]>>();

/** The grants of every configuration that is tried before this one. */
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
  const bench = await Workbench.open(config);
  try {
    return (await allGrants(bench)).map(describe);
  } finally {
    await bench.close();
  }
}

/** Each grant by itself, but those of logs together that the same scenario misses. */
function trialsOf(grants: readonly Grant[], proofs: ReadonlyMap<Grant, Scenario[]>): Trial[] {
  const trials = new Map<string, { names: string[]; holders: Set<string>; scenarios: readonly Scenario[] }>();
  for (const grant of grants) {
    const scenarios = proofs.get(grant)!;
    const [{ name, logs }] = scenarios as [Scenario];
    const together = `${grant.action} ${name}`;
    // One of a role at a time: what is left of its policy is that without one grant.
    const fits = logs && LOG_WRITING.test(grant.action) && !trials.get(together)?.holders.has(grant.holder);
    const key = fits ? together : describe(grant);
    const trial = trials.get(key) ?? { names: [], holders: new Set(), scenarios };
    trial.names.push(describe(grant));
    trial.holders.add(grant.holder);
    trials.set(key, trial);
  }
  return [...trials.values()];
}

async function allGrants({ cloud, ids }: Workbench): Promise<Grant[]> {
  return [
    ...grantsOfRoles(cloud, ids),
    ...(await grantsOfFunctions(cloud, ids)),
    ...(await grantsOfKeys(cloud, ids)),
  ];
}

function excuses({ holder, actions }: Unexercised, grant: Grant): boolean {
  return holder.test(grant.holder) && actions.includes(grant.action);
}

/** Runs every scenario as it is; for each grant, those that ask for something that only this grant allows. */
async function proofsOf(
  bench: Workbench,
  { first, scenarios }: Variant,
  grants: readonly Grant[],
  log: (line: string) => void,
): Promise<Map<Grant, Scenario[]>> {
  const proofs = new Map(grants.map((grant): [Grant, Scenario[]] => [grant, []]));
  await run(bench, first);
  for (const scenario of scenarios) {
    const started = Date.now();
    const recorded = await bench.record(() => run(bench, scenario));
    // What is refused in any case proves nothing; nor do logs that nobody looks for.
    const asked = recorded.filter(
      (request) => (scenario.logs || !LOGGING.test(request.action)) && bench.allows(request),
    );
    for (const grant of grants) {
      const restore = await grant.revoke();
      if (asked.some((request) => !bench.allows(request))) proofs.get(grant)!.push(scenario);
      await restore();
    }
    const proven = [...proofs.values()].filter((scenarios) => scenarios.length > 0).length;
    log(`${seconds(started)}  ${scenario.name}: ${asked.length} questions; ${proven} grants in use so far`);
  }
  return proofs;
}

/** Takes grants of logs away together. @returns those without which no log of their holder was missed */
async function unmissed(
  bench: Workbench,
  grants: readonly Grant[],
  { scenarios, first }: { scenarios: readonly Scenario[]; first: Scenario },
  log: (line: string) => void,
): Promise<Grant[]> {
  const started = Date.now();
  const [scenario] = scenarios as [Scenario];
  const failure = await runWithout(bench, grants, scenario, first);
  const missed = (grant: Grant) => failure instanceof MissingLogs && failure.holders.has(grant.holder);
  for (const grant of grants.filter(missed)) {
    log(
      `${seconds(started)}  ${describe(grant)}  [${scenario.name}]  with ${grants.length - 1} others: a log is missing`,
    );
  }
  return grants.filter((grant) => !missed(grant));
}

/** Whether any of the scenarios that use the grant fails without it. */
async function isNeeded(
  bench: Workbench,
  grant: Grant,
  { scenarios, first }: { scenarios: readonly Scenario[]; first: Scenario },
  log: (line: string) => void,
): Promise<boolean> {
  for (const scenario of scenarios) {
    const started = Date.now();
    const failure = await runWithout(bench, [grant], scenario, first);
    const said = failure?.message.split('\n')[0] ?? 'NOTHING FAILED';
    log(`${seconds(started)}  ${describe(grant)}  [${scenario.name}]  ${said}`);
    if (failure !== undefined) return true;
  }
  return false;
}

/**
 * @returns what failed; undefined if nothing did
 * @throws Error where it failed although nothing was refused that the grants allow
 */
async function runWithout(
  bench: Workbench,
  grants: readonly Grant[],
  scenario: Scenario,
  first: Scenario,
): Promise<Error | undefined> {
  await settle(bench);
  if (scenario.champion && !(await bench.hasChampion())) await run(bench, first);
  const restore: (() => Promise<void>)[] = [];
  for (const grant of grants) restore.push(await grant.revoke());
  const asked: AuthorizationRequest[] = [];
  const stop = bench.watch((request) => asked.push(request));
  let failure: Error | undefined;
  let refused: AuthorizationRequest[];
  try {
    await run(bench, scenario);
  } catch (error) {
    failure = error as Error;
  } finally {
    stop();
    refused = asked.filter((request) => !bench.allows(request));
    for (const giveBack of restore.reverse()) await giveBack();
  }
  if (failure !== undefined && !refused.some((request) => bench.allows(request))) {
    const taken = grants.map(describe).join(', ');
    throw new Error(`${scenario.name} failed for another reason than ${taken}: ${failure.message}`);
  }
  return failure;
}

/** With functions and log groups as new, so that what is asked only once is asked again. */
async function run(bench: Workbench, scenario: Scenario): Promise<void> {
  await forgetProcesses(bench);
  await forgetJobLogs(bench);
  const evidence = new Evidence(bench);
  await scenario.run(bench, evidence);
  evidence.logsAreThere();
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1).padStart(5)} s`;
}
