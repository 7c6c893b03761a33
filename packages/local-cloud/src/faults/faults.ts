import { checkPlan, type Known } from './check';
import type {
  CallFault,
  CallRule,
  DeliveryRule,
  FaultPlan,
  FaultRule,
  InjectedFault,
  JobFault,
  JobKind,
  JobRule,
  Occurrence,
} from './rules';

/** A rule with what happened to it. */
interface Watched<R extends FaultRule = FaultRule> {
  readonly name: string;
  readonly rule: R;
  /** Matches so far. */
  matched: number;
  /** Faults so far. */
  injected: number;
}

/** A call that may get a fault. */
export interface CallFacts {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly caller: string;
  readonly state?: string;
}

/** A job, an endpoint's instance or a build that may get a fault. */
export interface JobFacts {
  readonly kind: JobKind;
  readonly name: string;
  readonly model?: string;
}

/**
 * The plan of faults of a cloud. Every call asks it in `Cloud.callByName`, every container in the runner of its kind,
 * every delivery in `EventBus.deliver`; without rules it answers at once.
 */
export class Faults {
  private watched: Watched[] = [];
  private history: InjectedFault[] = [];

  /**
   * @param known what the plan may name; asked when a plan is set, after the services are registered
   * @param report called for each injected fault
   */
  constructor(
    private readonly known: () => Known,
    private readonly now: () => number,
    private readonly report: (fault: InjectedFault) => void,
  ) {}

  /** Replaces the plan, and forgets what happened. @throws FaultPlanError */
  set(plan: FaultPlan): void {
    this.watched = [];
    this.history = [];
    this.add(...checkPlan(plan, this.known()).rules);
  }

  /** Adds rules to the plan. @throws FaultPlanError */
  add(...rules: FaultRule[]): void {
    const checked = checkPlan({ rules }, this.known()).rules;
    for (const rule of checked) {
      const name = rule.name ?? `rule ${this.watched.length + 1}`;
      this.watched.push({ name, rule, matched: 0, injected: 0 });
    }
  }

  /** The faults that happened, oldest first. */
  get injected(): readonly InjectedFault[] {
    return this.history;
  }

  /** The names of the rules that caused no fault: what they should have broken was not tested. */
  get unused(): readonly string[] {
    return this.watched.filter(({ injected }) => injected === 0).map(({ name }) => name);
  }

  /** Returns the fault of a call, if it gets one. */
  ofCall(facts: CallFacts): CallFault | undefined {
    return this.take<CallRule>(
      ({ rule }) => 'call' in rule && callMatches(rule, facts),
      `${facts.service}:${facts.operation}`,
    )?.fault;
  }

  /**
   * Returns the fault of a job, if it gets one.
   *
   * @param which only faults of this kind; an interruption comes at a checkpoint, all others at the start
   */
  ofJob(facts: JobFacts, which: (fault: JobFault) => boolean): JobFault | undefined {
    return this.take<JobRule>(
      ({ rule }) => 'job' in rule && which(rule.fault) && jobMatches(rule, facts),
      `${facts.kind} ${facts.name}`,
    )?.fault;
  }

  /** Returns true if a delivery is made twice. */
  isDuplicated(delivery: { readonly to: string; readonly from: string }): boolean {
    const taken = this.take<DeliveryRule>(
      ({ rule }) =>
        'delivery' in rule && fits(rule.delivery.to, delivery.to) && fits(rule.delivery.from, delivery.from),
      delivery.to,
    );
    return taken !== undefined;
  }

  /** Counts the match for every rule that matches, and returns the first whose turn it is. */
  private take<R extends FaultRule>(matches: (watched: Watched) => boolean, target: string): R | undefined {
    let due: Watched | undefined;
    for (const watched of this.watched) {
      if (!matches(watched)) continue;
      watched.matched += 1;
      if (!due && isDue(watched)) due = watched;
    }
    if (!due) return undefined;
    due.injected += 1;
    const { name: rule } = due;
    const { fault } = due.rule;
    const injected = { rule, fault, time: new Date(this.now()).toISOString(), target };
    this.history.push(injected);
    this.report(injected);
    return due.rule as R;
  }
}

function isDue({ rule, matched, injected }: Watched): boolean {
  const { nth, after = 0, every = 1, times = Infinity }: Occurrence = rule;
  if (nth !== undefined) return matched === nth;
  return matched > after && (matched - after) % every === 0 && injected < times;
}

function callMatches(
  { call }: CallRule,
  { service, operation, input, caller, state = '' }: CallFacts,
): boolean {
  if (call.service !== service || (call.operation !== undefined && call.operation !== operation))
    return false;
  if (!fits(call.caller, caller) || !fits(call.state, state)) return false;
  return Object.entries(call.input ?? {}).every(([name, pattern]) => {
    const value = (input as Record<string, unknown>)[name];
    if (value === undefined) return false;
    return fits(pattern, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  });
}

function jobMatches({ job }: JobRule, { kind, name, model = '' }: JobFacts): boolean {
  return job.kind === kind && fits(job.name, name) && fits(job.model, model);
}

/** Returns true if a glob pattern fits, or there is none. */
function fits(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(value);
}
