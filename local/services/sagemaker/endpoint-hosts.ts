import type { DescribeEndpointConfigOutput, DescribeModelOutput } from '@aws-sdk/client-sagemaker';
import { ServingProcess } from './serving-process';
import type { SageMakerContext } from './state';

/** A variant with its serving processes. */
export interface VariantHost {
  name: string;
  /** Weight as it is now; an update of weights changes it without new processes. */
  weight: number;
  processes: ServingProcess[];
  next: number;
}

/** What answers an endpoint's requests at present. */
export interface EndpointHost {
  endpointName: string;
  config: DescribeEndpointConfigOutput;
  roleArn: string;
  variants: VariantHost[];
}

/** The serving processes behind every endpoint. Filled by SageMaker, asked by SageMaker Runtime. */
export class EndpointHosts {
  private readonly hosts = new Map<string, EndpointHost>();

  get(endpointName: string): EndpointHost | undefined {
    return this.hosts.get(endpointName);
  }

  /** Puts `host` in the place of what served before, whose processes finish their requests and end. */
  async replace(host: EndpointHost): Promise<void> {
    const before = this.hosts.get(host.endpointName);
    this.hosts.set(host.endpointName, host);
    if (before) await stopHost(before);
  }

  async remove(endpointName: string): Promise<void> {
    const host = this.hosts.get(endpointName);
    this.hosts.delete(endpointName);
    if (host) await stopHost(host);
  }

  async close(): Promise<void> {
    await Promise.all([...this.hosts.keys()].map((name) => this.remove(name)));
  }
}

/**
 * Starts a configuration's processes and waits until all answer `/ping`.
 *
 * @param signal gives up
 * @throws Error with the reason, as SageMaker shows it; everything that was started is stopped again
 */
export async function startHost(
  context: SageMakerContext,
  endpointName: string,
  config: DescribeEndpointConfigOutput,
  signal: AbortSignal,
): Promise<EndpointHost> {
  const { models } = context.state;
  const host: EndpointHost = { endpointName, config, roleArn: '', variants: [] };
  try {
    for (const variant of config.ProductionVariants!) {
      const model: DescribeModelOutput | undefined = models[variant.ModelName!];
      if (!model) throw new Error(`Could not find model "${variant.ModelName}".`);
      host.roleArn = model.ExecutionRoleArn!;
      const { VariantName: name = '', InitialInstanceCount = 1, InitialVariantWeight: weight = 1 } = variant;
      const processes: ServingProcess[] = [];
      host.variants.push({ name, weight, processes, next: 0 });
      while (processes.length < InitialInstanceCount) {
        processes.push(await ServingProcess.launch(context, { endpointName, variant: name, model }));
      }
    }
    await Promise.all(host.variants.flatMap(({ processes }) => processes.map((each) => each.ready(signal))));
    return host;
  } catch (error) {
    await stopHost(host);
    throw error;
  }
}

async function stopHost(host: EndpointHost): Promise<void> {
  await Promise.all(host.variants.flatMap(({ processes }) => processes.map((process) => process.stop())));
}
