import type { FaultRule } from 'local-cloud';
import type { PipelineConfig } from '../../lib/config';
import { Account, type EndedRun, type Production } from './account';
import { endTest } from './by-hand';
import { exceptionOf, type Exception } from './exceptions';
import { SITUATIONS, type Situation } from './situations';
import { faultsOf, integrationOf, type Fault } from './table';

/** A state with the first situation that enters it, and its request in a run there without a fault. */
interface Visit {
  readonly situation: Situation;
  readonly run: string;
  /** The champion before it. */
  readonly champion: string | null;
  readonly request: Record<string, unknown>;
}

/** A row of which something does not hold. */
export interface FailedRow {
  readonly state: string;
  readonly fault: string;
  readonly problems: readonly string[];
}

/** Every state of the workflow with every fault of its integration, on one account. */
export class Matrix {
  private readonly visits = new Map<string, Visit>();

  private constructor(readonly account: Account) {}

  /** Deploys the pipeline and runs every situation once without a fault. @throws Error if one ends otherwise */
  static async open(config: PipelineConfig): Promise<Matrix> {
    const matrix = new Matrix(await Account.open(config));
    // Nothing can be replaced before there is a champion.
    const first = await matrix.account.run();
    if (first.status !== 'SUCCEEDED') throw new Error(`the first run ended with ${first.error}`);
    const kind = config.endpoint.serving.kind === 'batch' ? 'batch' : 'endpoint';
    const { tasks } = matrix.account;
    const met = SITUATIONS.filter(({ of = kind, where }) => of === kind && (!where || tasks.has(where)));
    for (const situation of met) await matrix.visit(situation);
    return matrix;
  }

  close(): Promise<void> {
    return this.account.close();
  }

  /** The states that no situation enters: they need one. */
  get unvisited(): string[] {
    return [...this.account.tasks.keys()].filter((name) => !this.visits.has(name));
  }

  rowsOf(state: string): Fault[] {
    const { request } = this.visits.get(state)!;
    return faultsOf(state, this.account.tasks.get(state)!, request);
  }

  /** Every state with some of its faults: together, these are all faults of each kind of integration. */
  sample(): Map<string, Fault[]> {
    const covered = new Set<string>();
    return new Map(
      [...this.visits.keys()].map((state, index) => {
        const { kind } = integrationOf(this.account.tasks.get(state)!);
        const faults = this.rowsOf(state);
        const fresh = faults.filter(({ name }) => !covered.has(`${kind} ${name}`));
        const chosen = fresh.length > 0 ? fresh : [faults[index % faults.length]!];
        chosen.forEach(({ name }) => covered.add(`${kind} ${name}`));
        return [state, chosen];
      }),
    );
  }

  /**
   * Runs rows of a state. A state that no situation enters is a failed row.
   *
   * @param faults default: all
   */
  async check(state: string, faults?: readonly Fault[]): Promise<FailedRow[]> {
    const visit = this.visits.get(state);
    if (!visit)
      return [{ state, fault: '', problems: ['no situation enters the state; add one to situations.ts'] }];
    const results: FailedRow[] = [];
    for (const fault of faults ?? this.rowsOf(state)) {
      const problems = await this.row(state, visit, fault);
      if (problems.length > 0) results.push({ state, fault: fault.name, problems });
    }
    return results;
  }

  /** Runs once without a fault. */
  async checkNext(): Promise<FailedRow[]> {
    const next = await this.account.run();
    await endTest(this.account);
    const problems = next.status === 'SUCCEEDED' ? [] : [await this.explain(next)];
    return problems.map((problem) => ({ state: 'any', fault: 'none, in the next run', problems: [problem] }));
  }

  private async visit(situation: Situation): Promise<void> {
    const { account } = this;
    await situation.prepare?.(account);
    const { champion } = await account.production();
    const run = await account.run(situation.faults?.(account.nextName(), account), !situation.unchanged);
    await situation.restore?.(account);
    await endTest(account);
    if (run.error !== situation.error)
      throw new Error(
        `${situation.name}: ${await this.explain(run)}; ${situation.error ?? 'a deployment'} was expected`,
      );
    for (const state of run.entered) {
      const known = this.visits.has(state) && state !== situation.where;
      if (known || !account.tasks.has(state)) continue;
      const request = run.requests.get(state) ?? {};
      this.visits.set(state, { situation, run: run.name, champion, request });
    }
    // A situation without a champion leaves none, if it fails.
    if (situation.error !== undefined && !(await account.champion())) await this.recover();
  }

  private async recover(): Promise<void> {
    const run = await this.account.run();
    await endTest(this.account);
    if (run.status !== 'SUCCEEDED') throw new Error(`no run deploys any more: ${await this.explain(run)}`);
    await this.account.removeOrphans();
  }

  private async row(state: string, visit: Visit, fault: Fault): Promise<string[]> {
    const { account } = this;
    const { situation } = visit;
    await situation.prepare?.(account);
    const production = await account.production();
    const name = account.nextName();
    const rules = [
      ...renamed(fault.rules, [visit.run, name], [visit.champion, production.champion]),
      ...(situation.faults?.(name, account) ?? []),
    ];
    const run = await account.run(rules, !situation.unchanged);
    const unused = account.cloud.faults.unused.filter((rule) => rule === state);
    await situation.restore?.(account);
    const expected = expectation(state, fault, situation);
    const problems = [
      ...unused.map(() => 'the fault did not happen'),
      ...(await this.ending(run, expected)),
      ...(await this.mails(run, production, expected)),
      ...(await account.twins(run.name)).map((twin) => `two of ${twin}`),
      ...(expected.stranded ? [] : await this.afterwards(run, production, expected)),
    ];
    await endTest(account);
    const wasServing = account.kind === 'batch' || production.answers !== null;
    const recovers = expected.stranded || expected.restores || !wasServing || !(await account.champion());
    if (run.status !== 'SUCCEEDED' && recovers) await this.recover();
    return problems;
  }

  private async ending(run: EndedRun, { error, says }: Expected): Promise<string[]> {
    if (error === undefined) return run.error === undefined ? [] : [`ended with ${await this.explain(run)}`];
    const record = await this.account.record(run.name);
    const problems = error.test(run.error ?? '')
      ? []
      : [`ended with ${run.error ?? 'a deployment'} instead of ${error}`];
    if (run.error !== undefined && !says.test(record?.message ?? ''))
      problems.push(`the team reads: ${record?.message?.slice(0, 400)} (${says} was expected)`);
    return problems;
  }

  private async mails(
    run: EndedRun,
    before: Production,
    { ends, startsTwice, unchanged, restores }: Expected,
  ): Promise<string[]> {
    const mails = this.account
      .mailsOf(run.name)
      .filter((subject) => subject !== 'started')
      .sort();
    const deployed = this.isTested(before) ? 'testing' : 'deployed';
    const succeeded = restores ? 'restored' : unchanged ? '' : deployed;
    const wanted = run.status === 'SUCCEEDED' ? succeeded : ends;
    const starts = this.account.mailsOf(run.name).filter((subject) => subject === 'started').length;
    return [
      ...(mails.join() === wanted
        ? []
        : [`mails on the end: ${mails.join() || 'none'} instead of ${wanted}`]),
      ...(starts <= (startsTwice ? 2 : 1) ? [] : [`${starts} mails on the start`]),
    ];
  }

  private async afterwards(
    run: EndedRun,
    before: Production,
    { deployed, unchanged, restores }: Expected,
  ): Promise<string[]> {
    const after = await this.account.production();
    const orphans = (await this.account.orphans()).map((orphan) => `left: ${orphan}`);
    if (restores) {
      const serves = after.answers === before.champion || this.account.kind === 'batch';
      // What did not serve may be gone, and what serves the champion is left, also if that answers wrongly.
      const isChampions =
        after.endpoint === `InService ${(await this.account.champion())?.endpointConfigName}`;
      const allowed =
        serves || (run.status !== 'SUCCEEDED' && (isChampions || after.answers === before.answers));
      const holds = after.champion === before.champion && allowed;
      return [...orphans, ...(holds ? [] : [`production is ${JSON.stringify(after)}`])];
    }
    if ((run.status === 'SUCCEEDED' && !unchanged) || deployed) {
      if (this.isTested(before)) {
        const challenger = await this.account.challenger();
        const serves = after.endpoint === `InService ${challenger?.testConfigName}`;
        const holds = challenger?.runId === run.name && serves && after.champion === before.champion;
        return [...orphans, ...(holds ? [] : [`production is ${JSON.stringify(after)}`])];
      }
      const serves = after.answers === run.name && after.endpoint.startsWith('InService');
      const scaled = this.account.isScaled === after.scaled;
      const holds = after.champion === run.name && ((serves && scaled) || this.account.kind === 'batch');
      return [...orphans, ...(holds ? [] : [`production is ${JSON.stringify(after)}`])];
    }
    // Scaling that the configuration no longer has ends before the update; it does not come back.
    const scaled = this.account.isScaled ? {} : { scaled: after.scaled };
    const same = JSON.stringify(after) === JSON.stringify({ ...before, ...scaled });
    return [
      ...orphans,
      ...(same ? [] : [`production was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`]),
    ];
  }

  /** A new model is tested where a champion serves. */
  private isTested({ champion, answers }: Production): boolean {
    return this.account.tests && champion !== null && answers !== null;
  }

  private async explain(run: EndedRun): Promise<string> {
    const record = await this.account.record(run.name);
    return `${run.error}: ${record?.message?.slice(0, 600)}`;
  }
}

interface Expected
  extends Pick<Exception, 'stranded' | 'deployed' | 'startsTwice'>,
    Pick<Situation, 'unchanged' | 'restores'> {
  /** Undefined: it succeeds. */
  readonly error?: RegExp;
  readonly says: RegExp;
  /** The mail's subject of a run that does not deploy. */
  readonly ends: string;
}

function expectation(state: string, fault: Fault, situation: Situation): Expected {
  const exception = exceptionOf(state, fault.name);
  const effect = exception?.effect ?? fault.effect;
  const usual = situation.error === undefined ? undefined : new RegExp(`^${situation.error}$`);
  const rejected = situation.error === 'ModelRejected' && effect !== 'fails';
  const ends = rejected ? 'rejected' : 'failed';
  const { unchanged, restores } = situation;
  const expected = { ...exception, ends, unchanged, restores };
  if (effect === 'none') return { ...expected, error: exception?.error ?? usual, says: /\w/ };
  const error = exception?.error ?? (restores ? /^EndpointNotRestored$/ : (fault.error ?? /\w/));
  return { ...expected, error, says: exception?.says ?? fault.says ?? /\w/ };
}

/** Returns the rules for another run: the names of jobs and models have those of the run and of the champion in them. */
function renamed(
  rules: readonly FaultRule[],
  ...names: readonly (readonly [before: string | null, now: string | null])[]
): FaultRule[] {
  const text = JSON.stringify(rules).replace(/-(run-\d+)-/g, (whole, run: string) => {
    const now = names.find(([before]) => before === run)?.[1];
    return now ? `-${now}-` : whole;
  });
  return JSON.parse(text) as FaultRule[];
}
