import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { jsonata } from '../states/jsonata';
import { FunctionTask } from '../states/function-task';
import type { ScaleFunction } from './scale-function';

/** Deregisters and registers a scaled endpoint's variants around a change; no states without scaling. */
export class ScalingTasks {
  /** @param scale undefined without scaling */
  constructor(private readonly scale: ScaleFunction | undefined) {}

  /**
   * Deregisters variants that the new configuration removes or gives another instance type: SageMaker refuses both for
   * a registered variant.
   *
   * @param config expression for the new configuration
   */
  prepare(scope: Construct, id: string, stateName: string, config: string): FunctionTask[] {
    return this.tasks(scope, id, stateName, { action: 'prepare', config: jsonata(config) });
  }

  /** Registers the current variants of the endpoint. */
  apply(scope: Construct, id: string, stateName: string): FunctionTask[] {
    return this.tasks(scope, id, stateName, { action: 'apply' });
  }

  private tasks(
    scope: Construct,
    id: string,
    stateName: string,
    payload: Record<string, string>,
  ): FunctionTask[] {
    if (!this.scale) return [];
    const timeout = Duration.minutes(2);
    return [new FunctionTask(scope, id, { stateName, payload, function: this.scale, outputs: {}, timeout })];
  }
}
