import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { jsonata, variableOf } from './jsonata';
import { noAnswerRetry } from './retry';
import { ServiceTask, type ServiceTaskProps } from './service-task';

/** Tries of a call that is refused, beside the first: 2 + 4 + 8 + 16 s, as of other calls. */
const MAX_REFUSALS = 4;

/** What a state that comes before a {@link FindingTask} assigns. */
export const NO_REFUSALS = { refusals: 0 };

export interface FindingTaskProps<Input> extends Omit<ServiceTaskProps<Input>, 'retry'> {
  /** Part of the message with which the service says that there is none: `Could not find endpoint`. */
  readonly absent: string;
}

/**
 * A Task that asks for what may not exist. The service has one error name for throttling and for what is absent: a retry
 * by the name would wait for what nobody creates. So its states look at the message: what is absent goes to the handler
 * at once, any other refusal is tried again. Counts in `$refusals`, which {@link NO_REFUSALS} must have assigned. It needs
 * a handler of all errors.
 */
export class FindingTask<Input> extends ServiceTask<Input> {
  private readonly named: string;
  private readonly absent: string;

  constructor(scope: Construct, id: string, { absent, ...props }: FindingTaskProps<Input>) {
    super(scope, id, {
      ...props,
      assign: { ...props.assign, ...NO_REFUSALS },
      retry: noAnswerRetry(props.action),
    });
    this.named = props.stateName;
    this.absent = absent;
  }

  /** The handler of all errors. */
  override addCatch(handler: sfn.IChainable, props: sfn.CatchProps = {}): this {
    const name = this.named;
    const refusal = variableOf(name, 'refusal');
    const again = sfn.Wait.jsonata(this, 'Again', {
      stateName: `Wait for next try of "${name}"`,
      time: sfn.WaitTime.seconds(jsonata('$power(2, $refusals)')),
      outputs: {},
    });
    again.next(this);
    const isAbsent = `$contains($${refusal}.Cause, '${this.absent}')`;
    const refused = sfn.Choice.jsonata(this, 'Refused', { stateName: `${name}: try again?` })
      .when(sfn.Condition.jsonata(jsonata(`$not(${isAbsent}) and $refusals < ${MAX_REFUSALS}`)), again, {
        assign: { refusals: jsonata('$refusals + 1') },
      })
      .otherwise(handler);
    const assign = { ...props.assign, [refusal]: jsonata('$states.errorOutput') };
    super.addCatch(refused, { ...props, errors: ['States.ALL'], assign });
    return this;
  }
}
