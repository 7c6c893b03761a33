import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { jsonata, variableOf } from './jsonata';
import { ServiceTask, type ServiceTaskProps } from './service-task';

export interface AdoptingTaskProps<Input> extends ServiceTaskProps<Input> {
  /** Part of the message with which the service refuses what was done already: `already existing model`. */
  readonly already: string;
}

/**
 * A Task whose call has its effect once: if its answer is lost, the next attempt is refused, and the run goes on with
 * what the first one did. The names that a run uses are its own, so what exists is the run's. `$states.result` has no
 * meaning then: its `assign` must not use it. It needs a handler of all errors.
 */
export class AdoptingTask<Input> extends ServiceTask<Input> {
  private readonly done: sfn.Choice;
  private readonly doneAlready: sfn.Condition;
  private readonly assigned: Record<string, unknown> | undefined;
  private readonly refusal: string;
  private handled = false;

  constructor(scope: Construct, id: string, { already, ...props }: AdoptingTaskProps<Input>) {
    super(scope, id, props);
    this.done = sfn.Choice.jsonata(this, 'Done', { stateName: `${props.stateName}: done already?` });
    this.refusal = variableOf(props.stateName, 'refusal');
    this.doneAlready = sfn.Condition.jsonata(jsonata(`$contains($${this.refusal}.Cause, '${already}')`));
    this.assigned = props.assign;
  }

  override next(next: sfn.IChainable): sfn.Chain {
    this.done.when(this.doneAlready, next, { assign: this.assigned });
    return super.next(next);
  }

  /** The handler of all errors gets those that remain. @throws Error at a second call */
  override addCatch(handler: sfn.IChainable, props: sfn.CatchProps = {}): this {
    if (this.handled) throw new Error(`${this.node.path} has a handler of all errors already`);
    this.handled = true;
    this.done.otherwise(handler);
    const assign = { ...props.assign, [this.refusal]: jsonata('$states.errorOutput') };
    super.addCatch(this.done, { ...props, errors: ['States.ALL'], assign });
    return this;
  }
}
