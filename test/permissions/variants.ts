import type { PipelineConfig } from '../../lib/config';
import { local } from '../../lib/config/local';
import { APPROVAL_SCENARIOS } from './approval-scenarios';
import { FUNCTION_TRACES, UNEXERCISED, type Unexercised } from './reviewed';
import { SCENARIOS, type Scenario } from './scenarios';
import { NEVER, WORKING_HOURS_SCENARIOS } from './working-hours-scenarios';

/** A configuration whose grants are tried, each deployed on clouds of its own. */
export interface Variant {
  readonly name: string;
  /** Undefined: the `local` environment as the built app has it. */
  readonly config?: PipelineConfig;
  readonly scenarios: readonly Scenario[];
  /** The one of them that leaves a champion. */
  readonly first: Scenario;
  /** What no run on this machine can need. */
  readonly unexercised: readonly Unexercised[];
  /** Fewer grants than these are a fault of the test. */
  readonly least: number;
}

const named = (scenarios: readonly Scenario[], name: string) =>
  scenarios.find((scenario) => scenario.name === name)!;

export const DEFAULT: Variant = {
  name: 'the local environment',
  scenarios: SCENARIOS,
  first: named(SCENARIOS, 'the first run'),
  unexercised: UNEXERCISED,
  least: 150,
};

/** Of these only the grants are tried that the default has not. */
export const VARIANTS: readonly Variant[] = [
  {
    name: 'approval',
    config: { ...local, approval: { days: 1, emails: ['approver@example.com'] } },
    scenarios: APPROVAL_SCENARIOS,
    first: named(APPROVAL_SCENARIOS, 'a model that a link approves'),
    unexercised: [FUNCTION_TRACES],
    least: 20,
  },
  {
    name: 'working hours',
    config: { ...local, endpoint: { ...local.endpoint, workingHours: NEVER } },
    scenarios: WORKING_HOURS_SCENARIOS,
    first: named(WORKING_HOURS_SCENARIOS, 'a run outside of the working hours'),
    unexercised: [FUNCTION_TRACES],
    least: 15,
  },
];
