import type { DataCaptureConfig, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { RollbackAlarms } from './endpoint-alarms';
import { Deployment } from './endpoint-deployment';
import { fleetSizes, startFleet, type Fleet, type FleetOrder } from './endpoint-fleet';
import { EndpointHost, type EndpointHosts } from './endpoint-hosts';
import type { Endpoint, EndpointRecords } from './endpoint-records';
import { resize, type Resizing } from './endpoint-scaling';
import { captureSummary, pendingSummary, variantSummaries } from './endpoint-summaries';
import type { SageMakerContext } from './state';

/** The options of an update. */
export interface Update {
  order: FleetOrder;
  config: DeploymentConfig;
  alarms: RollbackAlarms;
  /** Retained data capture of the previous configuration; undefined: that of the new configuration. */
  keptCapture: DataCaptureConfig | null | undefined;
}

/** The changes of endpoints that continue after the request was answered. */
export class EndpointLife {
  private readonly closing = new AbortController();
  private readonly changing = new Set<Promise<void>>();

  constructor(
    private readonly context: SageMakerContext,
    private readonly records: EndpointRecords,
    private readonly hosts: EndpointHosts,
  ) {}

  /** Creates an endpoint; the result is InService, or permanently Failed. */
  create(endpoint: Endpoint, order: FleetOrder): Promise<void> {
    return this.track(async () => {
      try {
        const fleet = await startFleet(this.context, order, 1, this.closing.signal);
        this.hosts.add(new EndpointHost(endpoint.EndpointName!, fleet));
        this.inService(endpoint, fleet);
      } catch (error) {
        if (this.closing.signal.aborted) return;
        this.records.change(endpoint, { EndpointStatus: 'Failed', FailureReason: (error as Error).message });
      }
    });
  }

  /** Moves to the new configuration, or back to the previous one after a failure. */
  update(
    endpoint: Endpoint,
    host: EndpointHost,
    { order, config, alarms, keptCapture }: Update,
  ): Promise<void> {
    const started = new Date(this.context.cloud.clock.now());
    const old = host.main;
    const onStep = (status: Parameters<typeof pendingSummary>[2], next: Fleet | undefined) => {
      const name = order.config.EndpointConfigName;
      const pending = next
        ? pendingSummary(next, started, status)
        : { EndpointConfigName: name, StartTime: started };
      this.records.progress(endpoint, { ...variantSummaries(old), PendingDeploymentSummary: pending });
    };
    const deployment = new Deployment(this.context, {
      hosts: this.hosts,
      host,
      order,
      config,
      alarms,
      onStep,
    });
    return this.track(async () => {
      try {
        const fleet = await deployment.run(this.closing.signal);
        this.records.keepCapture(endpoint.EndpointName!, keptCapture);
        this.inService(endpoint, fleet);
      } catch (error) {
        if (this.closing.signal.aborted) return deployment.abandon();
        await this.rollBack(endpoint, deployment, old, (error as Error).message);
      }
    });
  }

  /** Changes the number of containers of the same fleet. */
  resize(endpoint: Endpoint, fleet: Fleet, resizing: Resizing): Promise<void> {
    return this.track(async () => {
      let reason: string | undefined;
      try {
        const done = resize(fleet, resizing, this.closing.signal);
        this.records.progress(endpoint, variantSummaries(fleet));
        await done;
      } catch (error) {
        if (this.closing.signal.aborted) return;
        reason = (error as Error).message;
      }
      this.inService(endpoint, fleet, reason);
      this.hosts.changed(endpoint.EndpointName!);
    });
  }

  /** Starts the endpoints that served when the cloud was closed. Unfinished changes are abandoned. */
  async resume(): Promise<void> {
    const all = this.records.all();
    for (const { EndpointName, EndpointStatus } of all) {
      if (EndpointStatus === 'Deleting') this.records.remove(EndpointName!);
    }
    const starts = all.filter(({ EndpointStatus }) => !['Failed', 'Deleting'].includes(EndpointStatus!));
    await Promise.all(starts.map((endpoint) => this.restart(endpoint)));
  }

  async stop(): Promise<void> {
    this.closing.abort(new Error('The local cloud was closed.'));
    await Promise.all(this.changing);
  }

  private async restart(endpoint: Endpoint): Promise<void> {
    const {
      EndpointName: endpointName = '',
      ProductionVariants = [],
      ShadowProductionVariants = [],
    } = endpoint;
    const summaries = [...ProductionVariants, ...ShadowProductionVariants];
    let order: FleetOrder;
    try {
      const config = this.records.config(endpoint.EndpointConfigName!);
      const sizes = fleetSizes(config, { summaries, instances: true, weights: true });
      order = { endpointName, config, sizes, capture: this.records.capture(endpointName, config) };
    } catch (error) {
      return this.records.change(endpoint, {
        EndpointStatus: 'Failed',
        FailureReason: (error as Error).message,
      });
    }
    return this.create(endpoint, order);
  }

  private async rollBack(endpoint: Endpoint, deployment: Deployment, old: Fleet, why: string): Promise<void> {
    const failed = endpoint.PendingDeploymentSummary?.EndpointConfigName;
    const reason = `The deployment of endpoint configuration "${failed}" was rolled back: ${why}`;
    this.records.change(endpoint, { EndpointStatus: 'RollingBack', FailureReason: reason });
    try {
      await deployment.rollBack(this.closing.signal);
      this.inService(endpoint, old, reason);
    } catch (error) {
      if (this.closing.signal.aborted) return deployment.abandon();
      this.records.change(endpoint, {
        EndpointStatus: 'UpdateRollbackFailed',
        FailureReason: `${reason} The rollback failed: ${(error as Error).message}`,
      });
    }
  }

  private inService(endpoint: Endpoint, fleet: Fleet, FailureReason?: string): void {
    this.records.change(endpoint, {
      EndpointStatus: 'InService',
      EndpointConfigName: fleet.order.config.EndpointConfigName,
      FailureReason,
      PendingDeploymentSummary: undefined,
      ...variantSummaries(fleet),
      DataCaptureConfig: captureSummary(fleet.order.capture),
      AsyncInferenceConfig: fleet.order.config.AsyncInferenceConfig,
    });
  }

  private async track(work: () => Promise<void>): Promise<void> {
    const done = work().finally(() => this.changing.delete(done));
    this.changing.add(done);
    return done;
  }
}
