import type {
  DataCaptureConfig,
  DescribeEndpointConfigOutput,
  DescribeEndpointOutput,
} from '@aws-sdk/client-sagemaker';
import type { Store } from '../../core/store';
import { validation } from './limits';
import type { SageMakerContext } from './state';

export type Endpoint = DescribeEndpointOutput;

/** What is remembered of endpoints, in the shape in which DescribeEndpoint tells it. */
export class EndpointRecords {
  /** Data capture of endpoints that keep that of an earlier configuration; null: none. */
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

  /** @throws ServiceError ValidationException where there is none */
  get(name: string): Endpoint {
    const endpoint = this.context.state.endpoints[name];
    if (!endpoint) throw validation(`Could not find endpoint "${this.arn(name)}".`);
    return endpoint;
  }

  /** @throws ServiceError ValidationException where there is none */
  config(name: string): DescribeEndpointConfigOutput {
    const { cloud, state } = this.context;
    const found = state.endpointConfigs[name];
    if (found) return found;
    const arn = cloud.arn('sagemaker', `endpoint-config/${name.toLowerCase()}`);
    throw validation(`Could not find endpoint configuration "${arn}".`);
  }

  /** What is captured with a configuration: what it says, unless an update kept something else. */
  capture(endpointName: string, config: DescribeEndpointConfigOutput): DataCaptureConfig | undefined {
    const kept = this.captures.data[endpointName];
    return kept === undefined ? config.DataCaptureConfig : (kept ?? undefined);
  }

  /** @param kept undefined: what the configuration says */
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

  /** A new status is an event, and so is each step of a deployment. */
  change(endpoint: Endpoint, changes: Partial<Endpoint>): void {
    Object.assign(endpoint, changes, { LastModifiedTime: new Date(this.context.cloud.clock.now()) });
    this.context.store.changed();
    this.publish(endpoint, 'SageMaker Endpoint State Change');
  }

  /** Where a deployment has come to. */
  progress(endpoint: Endpoint, changes: Partial<Endpoint>): void {
    Object.assign(endpoint, changes);
    this.context.store.changed();
    this.publish(endpoint, 'SageMaker Endpoint Deployment State Change', endpoint.PendingDeploymentSummary);
  }

  /** In the form of "Events that SageMaker sends to EventBridge": the status in capitals, times in milliseconds. */
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
