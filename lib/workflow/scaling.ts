import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FunctionTask } from './function-task';
import { jsonata } from './jsonata';

export interface ScalingProps {
  /** What changes scaling; undefined where nothing is scaled. */
  readonly scale: IFunction | undefined;
}

/** Steps around a change of a scaled endpoint; none where nothing is scaled. */
export class Scaling extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ScalingProps,
  ) {
    super(scope, id);
  }

  /**
   * A variant that is scaled can neither go nor get instances of another type: such ones are deregistered.
   *
   * @param config expression for the configuration that comes
   */
  prepare(id: string, stateName: string, config: string): FunctionTask[] {
    return this.steps(id, stateName, { action: 'prepare', config: jsonata(config) });
  }

  /** Registers the variants that the endpoint has now. */
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
