import type { AuthorizationRequest } from '../../local/core/cloud';
import { Evidence } from './evidence';
import { describe, grantsOfFunctions, grantsOfKeys, grantsOfRoles, type Grant } from './grants';
import { forgetJobLogs, forgetProcesses, settle } from './reset';
import type { Unexercised } from './reviewed';
import type { Scenario } from './scenarios';
import { DEFAULT, type Variant } from './variants';
import { Workbench } from './workbench';

const LOGGING = /^(logs|cloudwatch):/;

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

/**
 * Takes away each grant of the deployed pipeline, one at a time, and runs what asks for it. Of a variant only those
 * that the default configuration has not.
 *
 * @param benches how many pipelines, each on a cloud of its own, share the work
 */
export async function tryWithoutEach(
  variant: Variant,
  benches: number,
  log: (line: string) => void,
): Promise<Report> {
  const known = variant === DEFAULT ? new Set<string>() : await grantsOfDefault();
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
    const queue = grants
      .filter((grant) => !unproven.includes(grant))
      .sort((a, b) => order(a) - order(b))
      .map((grant) => ({ name: describe(grant), scenarios: proofs.get(grant)! }));
    const survivors: string[] = [];
    const tried = queue.length;
    const work = async (bench: Workbench) => {
      const own = new Map((await allGrants(bench)).map((grant) => [describe(grant), grant]));
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { first } = variant;
        if (!(await isNeeded(bench, own.get(next.name)!, { ...next, first }, log))) survivors.push(next.name);
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

async function grantsOfDefault(): Promise<Set<string>> {
  const bench = await Workbench.open();
  try {
    return new Set((await allGrants(bench)).map(describe));
  } finally {
    await bench.close();
  }
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

/** Whether any of the scenarios that use the grant fails without it. */
async function isNeeded(
  bench: Workbench,
  grant: Grant,
  { scenarios, first }: { scenarios: readonly Scenario[]; first: Scenario },
  log: (line: string) => void,
): Promise<boolean> {
  for (const scenario of scenarios) {
    const started = Date.now();
    const failure = await runWithout(bench, grant, scenario, first);
    log(`${seconds(started)}  ${describe(grant)}  [${scenario.name}]  ${failure ?? 'NOTHING FAILED'}`);
    if (failure !== undefined) return true;
  }
  return false;
}

/**
 * @returns what failed; undefined if nothing did
 * @throws Error where it failed although nothing was refused that the grant allows
 */
async function runWithout(
  bench: Workbench,
  grant: Grant,
  scenario: Scenario,
  first: Scenario,
): Promise<string | undefined> {
  await settle(bench);
  if (scenario.champion && !(await bench.hasChampion())) await run(bench, first);
  const restore = await grant.revoke();
  const asked: AuthorizationRequest[] = [];
  const stop = bench.watch((request) => asked.push(request));
  let failure: string | undefined;
  let refused: AuthorizationRequest[];
  try {
    await run(bench, scenario);
  } catch (error) {
    failure = (error as Error).message.split('\n')[0]!;
  } finally {
    stop();
    refused = asked.filter((request) => !bench.allows(request));
    await restore();
  }
  if (failure !== undefined && !refused.some((request) => bench.allows(request))) {
    throw new Error(`${scenario.name} failed for another reason than ${describe(grant)}: ${failure}`);
  }
  return failure;
}

/** With functions and log groups as new, so that what is asked only once is asked again. */
async function run(bench: Workbench, scenario: Scenario): Promise<void> {
  await forgetProcesses(bench);
  await forgetJobLogs(bench);
  await scenario.run(bench, new Evidence(bench));
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1).padStart(5)} s`;
}
