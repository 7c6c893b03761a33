import type { Effect } from './table';

/** A row that ends otherwise than the table of faults says, and why. */
export interface Exception {
  readonly state: RegExp;
  /** Names of faults; default: all. */
  readonly fault?: RegExp;
  readonly effect?: Effect;
  readonly error?: RegExp;
  readonly says?: RegExp;
  /** The run fails, and its model is in production. */
  readonly deployed?: true;
  /** AWS refuses the calls that undo the deployment: only a later run, or a person, can. */
  readonly stranded?: true;
  /** The mail on the start is sent twice. */
  readonly startsTwice?: true;
  readonly because: string;
}

const REFUSED = /^(throttled|denied)$/;
const ENDED = /^(throttled|denied|no answer once)$/;

export const EXCEPTIONS: readonly Exception[] = [
  {
    state: /^Plan run$/,
    fault: /^answer lost once$/,
    startsTwice: true,
    because: 'the function is called again, and announces the start again; the mail on the end is sent once',
  },
  {
    state: /^Train model$/,
    fault: /^(capacity|internalError|outOfTime)$/,
    effect: 'none',
    because: 'the same job is started on demand, and continues from the checkpoints',
  },
  {
    state: /^Retire old models$/,
    effect: 'none',
    because: 'the new model is in production already: the report says so, and the next run tries again',
  },
  {
    state: /^(Find job log|Create job log|Limit job log)$/,
    effect: 'none',
    because: 'a log without a retention costs some cents more; the next run tries again',
  },
  {
    state: /^Look at production$/,
    effect: 'none',
    because: 'the endpoint is looked at again once the run has the lock',
  },
  {
    state: /^(Release endpoint lock|Release lock after failure)$/,
    effect: 'none',
    because: 'the next run takes the lock of an execution that has ended',
  },
  {
    state: /^Find alarms$/,
    effect: 'none',
    because:
      'the deployment was rolled back: the mail has the reason that the endpoint gives, without the alarms',
  },
  {
    state: /^Report restored champion$/,
    fault: ENDED,
    error: /\w/,
    because: 'the champion is in service again; the mail says that the report failed',
  },
  {
    state: /^Report run$/,
    fault: ENDED,
    deployed: true,
    because: 'the new model is in production already; the mail on the failure says so',
  },
  {
    state:
      /^(Look at endpoint|Restore champion|Delete new endpoint|Delete candidate model|Delete candidate configuration|Delete test configuration)$/,
    fault: REFUSED,
    effect: 'none',
    stranded: true,
    because:
      'AWS refuses what would undo the deployment: the mail has the first failure, and the next run deploys',
  },
  {
    state: /^(Prepare scaling of champion|Set up scaling of champion)$/,
    fault: ENDED,
    effect: 'none',
    because:
      'the champion is restored without; the mail has the first failure, and the next run sets scaling up',
  },
  {
    state: /^Restore champion$/,
    fault: /^(no instance|never ready|crash at start|wrong answers|answers 500)$/,
    effect: 'none',
    // The fleet of a test has the champion's model too.
    error: /^(SmokeTestFailed|DeploymentRolledBack)$/,
    stranded: true,
    because:
      'the champion itself does not come up again: the mail has the first failure, and the next run deploys',
  },
  {
    state: /^Look at job of /,
    fault: REFUSED,
    says: /already exists/,
    stranded: true,
    because: 'the job cannot be looked at: the error is the one of its start, and the job ends by itself',
  },
];

export function exceptionOf(state: string, fault: string): Exception | undefined {
  return EXCEPTIONS.find((each) => each.state.test(state) && (each.fault?.test(fault) ?? true));
}
