import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FunctionTask } from '../states/function-task';
import { jsonata } from '../states/jsonata';

export interface ScalingProps {
  /** The function that changes scaling; undefined without scaling. */
  readonly scale: IFunction | undefined;
}

/** Steps around a change of a scaled endpoint; none without scaling. */
export class Scaling extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ScalingProps,
  ) {
    super(scope, id);
  }

  /**
   * Deregisters variants that the new configuration removes or gives another instance type: SageMaker refuses both for
   * a registered variant.
   *
   * @param config expression for the new configuration
   */
  prepare(id: string, stateName: string, config: string): FunctionTask[] {
    return this.steps(id, stateName, { action: 'prepare', config: jsonata(config) });
  }

  /** Registers the current variants of the endpoint. */
  apply(id: string, stateName: string): FunctionTask[] {
    return this.steps(id, stateName, { action: 'apply' });
  }

  private steps(id: string, stateName: string, payload: Record<string, string>): FunctionTask[] {
    const { scale } = this.props;
    return scale
      ? [
          new FunctionTask(this, id, {
            ...{ stateName, payload },
            function: scale,
            outputs: {},
            timeout: Duration.minutes(2),
          }),
        ]
      : [];
  }
}
