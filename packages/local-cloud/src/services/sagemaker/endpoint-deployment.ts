import type { DeploymentConfig, ProductionVariantStatus, VariantStatus } from '@aws-sdk/client-sagemaker';
import type { RollbackAlarms } from './endpoint-alarms';
import { smallest } from './endpoint-deployment-checks';
import { deploymentSteps, rollbackSteps, type DeploymentStep } from './endpoint-deployment-steps';
import { scaleFleet, startFleet, type Fleet, type FleetOrder } from './endpoint-fleet';
import type { EndpointHost, EndpointHosts } from './endpoint-hosts';
import type { SageMakerContext } from './state';

export interface DeploymentOptions {
  hosts: EndpointHosts;
  host: EndpointHost;
  order: FleetOrder;
  config: DeploymentConfig;
  alarms: RollbackAlarms;
  /** Called at every step; the new fleet exists from the second step on. */
  onStep: (status: ProductionVariantStatus, next: Fleet | undefined) => void;
}

/** Moves an endpoint from the serving fleet to a new one, or back, without interruption. */
export class Deployment {
  private readonly old: Fleet;
  private readonly instances: number;
  private next: Fleet | undefined;
  /** The current shares, as in a {@link DeploymentStep}. */
  private launched = 0;
  private traffic = 0;
  private kept = 1;

  constructor(
    private readonly context: SageMakerContext,
    private readonly options: DeploymentOptions,
  ) {
    this.old = options.host.main;
    this.instances = smallest(options.order.config, options.order.sizes);
  }

  /**
   * @param closing aborts without cleanup
   * @returns the fleet that serves now
   * @throws Error with the reason of the failure; call {@link rollBack} then
   */
  async run(closing: AbortSignal): Promise<Fleet> {
    const { config } = this.options;
    const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config;
    const limit = (rolling ?? blueGreen)?.MaximumExecutionTimeoutInSeconds;
    const done = new AbortController();
    const timeout = limit === undefined ? undefined : this.abortAfter(limit, done.signal);
    const signal = timeout ? AbortSignal.any([closing, timeout]) : closing;
    try {
      for (const step of deploymentSteps(config, this.instances)) await this.take(step, signal);
      return this.next!;
    } catch (error) {
      throw timeout?.aborted ? timeout.reason : error;
    } finally {
      done.abort();
    }
  }

  /**
   * Restores the old fleet.
   *
   * @throws Error if the old fleet's instances do not start; both fleets serve then
   */
  async rollBack(closing: AbortSignal): Promise<void> {
    if (!this.next) return;
    for (const traffic of rollbackSteps(this.options.config, this.instances, this.traffic)) {
      this.kept = Math.max(this.kept, 1 - traffic);
      await scaleFleet(this.old, this.kept, closing);
      this.divide(traffic);
      if (traffic > 0) await scaleFleet(this.next, traffic, closing);
    }
    this.options.hosts.dismiss(this.next);
  }

  /** Ends both fleets; used when the cloud closes. */
  abandon(): void {
    for (const fleet of [this.old, this.next]) if (fleet) this.options.hosts.dismiss(fleet);
  }

  private async take(step: DeploymentStep, signal: AbortSignal): Promise<void> {
    const arriving = Math.round((step.launched - this.launched) * this.instances);
    if (arriving > 0) this.report('Creating', `Launching ${arriving} instance(s).`);
    if (this.next) await scaleFleet(this.next, step.launched, signal);
    else this.next = await startFleet(this.context, this.options.order, step.launched, signal);
    this.launched = step.launched;
    this.report('ActivatingTraffic', `Activating traffic on ${step.capacity}.`);
    this.divide(step.traffic);
    const { bakeSeconds, bakeSetting, capacity } = step;
    const enabled = `with traffic enabled on ${capacity}`;
    this.report('Baking', `Baking for ${bakeSeconds} seconds (${bakeSetting}) ${enabled}.`);
    await this.options.alarms.watch(bakeSeconds, signal);
    if (step.kept === this.kept) return;
    this.kept = step.kept;
    if (step.kept > 0) await scaleFleet(this.old, step.kept, signal);
    else this.options.hosts.dismiss(this.old);
  }

  private divide(traffic: number): void {
    const { host, hosts } = this.options;
    this.traffic = traffic;
    host.divide(this.old, this.next!, traffic);
    hosts.changed(host.endpointName);
  }

  private report(Status: VariantStatus, StatusMessage: string): void {
    const StartTime = new Date(this.context.cloud.clock.now());
    this.options.onStep({ Status, StatusMessage, StartTime }, this.next);
  }

  private abortAfter(seconds: number, done: AbortSignal): AbortSignal {
    const timeout = new AbortController();
    const reason = new Error(
      `The deployment did not end within ${seconds} seconds (MaximumExecutionTimeoutInSeconds).`,
    );
    this.context.cloud.clock.sleep(seconds * 1000, done).then(
      () => timeout.abort(reason),
      () => undefined,
    );
    return timeout.signal;
  }
}
