import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { jsonata } from './jsonata';

/** A part of a run: where it starts, and its ends by name. */
export interface Phase<Exit extends string = 'done'> extends Start {
  readonly exits: Readonly<Record<Exit, PhaseExit>>;
}

/** A state, or a phase, that can follow an exit. */
export interface Start {
  readonly startState: sfn.State;
}

/** An end of a phase that is open until it is followed. */
export interface PhaseExit {
  to(next: Start): void;
}

/** Returns the exit of a phase that ends in these states. */
export function after(...ends: readonly sfn.INextable[]): PhaseExit {
  return { to: ({ startState }) => ends.forEach((end) => end.next(startState)) };
}

/** Returns the exit of a choice where a condition holds. @param condition JSONata, e.g. `$plan.changed` */
export function when(choice: sfn.Choice, condition: string): PhaseExit {
  return {
    to: ({ startState }) => void choice.when(sfn.Condition.jsonata(jsonata(condition)), startState),
  };
}

/** Returns the exit of a choice where no condition holds. */
export function otherwise(choice: sfn.Choice): PhaseExit {
  return { to: ({ startState }) => void choice.otherwise(startState) };
}
