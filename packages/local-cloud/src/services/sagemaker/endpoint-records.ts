import type {
  DataCaptureConfig,
  DescribeEndpointConfigOutput,
  DescribeEndpointOutput,
} from '@aws-sdk/client-sagemaker';
import type { Store } from '../../core/store';
import { validation } from './limits';
import type { SageMakerContext } from './state';

export type Endpoint = DescribeEndpointOutput;

/** Endpoints as stored, in the shape that DescribeEndpoint returns. */
export class EndpointRecords {
  /** Data capture of endpoints that retain that of a previous configuration; null: none. */
  private readonly captures: Store<Record<string, DataCaptureConfig | null>>;

  constructor(private readonly context: SageMakerContext) {
    this.captures = context.cloud.stores.store('sagemaker-captures', () => ({}));
  }

  arn(name: string): string {
    return this.context.cloud.arn('sagemaker', `endpoint/${name.toLowerCase()}`);
  }

  all(): Endpoint[] {
    return Object.values(this.context.state.endpoints);
  }

  has(name: string): boolean {
    return this.context.state.endpoints[name] !== undefined;
  }

  /** @throws ServiceError ValidationException if the endpoint does not exist */
  get(name: string): Endpoint {
    const endpoint = this.context.state.endpoints[name];
    if (!endpoint) throw validation(`Could not find endpoint "${this.arn(name)}".`);
    return endpoint;
  }

  /** @throws ServiceError ValidationException if the configuration does not exist */
  config(name: string): DescribeEndpointConfigOutput {
    const { cloud, state } = this.context;
    const found = state.endpointConfigs[name];
    if (found) return found;
    const arn = cloud.arn('sagemaker', `endpoint-config/${name.toLowerCase()}`);
    throw validation(`Could not find endpoint configuration "${arn}".`);
  }

  /** Returns the data capture of an endpoint: that of its configuration, unless an update retained another. */
  capture(endpointName: string, config: DescribeEndpointConfigOutput): DataCaptureConfig | undefined {
    const kept = this.captures.data[endpointName];
    return kept === undefined ? config.DataCaptureConfig : (kept ?? undefined);
  }

  /** @param kept undefined: that of the configuration */
  keepCapture(endpointName: string, kept: DataCaptureConfig | null | undefined): void {
    if (kept === undefined) delete this.captures.data[endpointName];
    else this.captures.data[endpointName] = kept;
    this.captures.changed();
  }

  add(endpoint: Endpoint): void {
    this.context.state.endpoints[endpoint.EndpointName!] = endpoint;
    this.change(endpoint, {});
  }

  remove(name: string): void {
    delete this.context.state.endpoints[name];
    this.keepCapture(name, undefined);
    this.context.store.changed();
  }

  /** Sets a status and emits its event; each step of a deployment also emits an event. */
  change(endpoint: Endpoint, changes: Partial<Endpoint>): void {
    Object.assign(endpoint, changes, { LastModifiedTime: new Date(this.context.cloud.clock.now()) });
    this.context.store.changed();
    this.publish(endpoint, 'SageMaker Endpoint State Change');
  }

  /** Updates the progress of a deployment and emits its event. */
  progress(endpoint: Endpoint, changes: Partial<Endpoint>): void {
    Object.assign(endpoint, changes);
    this.context.store.changed();
    this.publish(endpoint, 'SageMaker Endpoint Deployment State Change', endpoint.PendingDeploymentSummary);
  }

  /**
   * Publishes an event as in "Events that SageMaker sends to EventBridge": status in capitals, times in milliseconds.
   */
  private publish(endpoint: Endpoint, detailType: string, pending?: object): void {
    const milliseconds = (time: Date | undefined) => new Date(time ?? 0).getTime();
    const tags = this.context.state.tags[endpoint.EndpointArn!] ?? [];
    this.context.cloud.events.publish({
      source: 'aws.sagemaker',
      detailType,
      detail: {
        EndpointName: endpoint.EndpointName,
        EndpointArn: endpoint.EndpointArn,
        EndpointConfigName: endpoint.EndpointConfigName,
        ProductionVariants: endpoint.ProductionVariants ?? [],
        EndpointStatus: endpoint.EndpointStatus!.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
        ...(endpoint.FailureReason !== undefined && { FailureReason: endpoint.FailureReason }),
        CreationTime: milliseconds(endpoint.CreationTime),
        LastModifiedTime: milliseconds(endpoint.LastModifiedTime),
        Tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
        ...(pending && { PendingDeploymentSummary: JSON.parse(JSON.stringify(pending)) as object }),
      },
      resources: [endpoint.EndpointArn!],
    });
  }
}
