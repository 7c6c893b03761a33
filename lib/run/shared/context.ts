import type { DataStore } from '../../platform/data-store';
import type { FunctionContext } from '../../platform/node-function';
import type { TeamTopic } from '../../platform/team-topic';
import type { EndpointTarget } from '../../serving/endpoint';
import type { ScaleFunction } from '../../serving/scale-function';
import type { RunStateMachine } from '../../states/state-machine';
import type { ProgramImages } from '../../platform/container-image';
import type { ModelRegistry } from '../../platform/model-registry';

/** What the phases of a run share; each makes its own functions, roles and alarms from it. */
export interface RunContext extends FunctionContext {
  readonly store: DataStore;
  readonly team: TeamTopic;
  /** Topic of the approvers, where the configuration requires approval. */
  readonly approvers: TeamTopic | undefined;
  readonly images: ProgramImages;
  readonly registry: ModelRegistry;
  readonly endpoint: EndpointTarget;
  /** Registers the endpoint's variants with scaling; undefined without scaling. */
  readonly scale: ScaleFunction | undefined;
  /** SSM path of the hyperparameters. */
  readonly hyperparameterPath: string;
  /** Commit of the code, recorded in each run's manifest. */
  readonly gitCommit: string;
  readonly machine: RunStateMachine;
}
