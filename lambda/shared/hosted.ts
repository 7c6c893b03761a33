import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { NOT_FOUND } from '../../lib/contract/endpoint';
import type { EndpointNow, ModelParts } from '../../lib/contract/production';

/** What SageMaker hosts. It reports a missing resource in the error's message only. */
export class Hosted {
  constructor(private readonly client = new SageMakerClient()) {}

  /** Returns the endpoint; undefined if it does not exist. */
  async endpoint(EndpointName: string): Promise<EndpointNow | undefined> {
    const found = await unlessAbsent(() => this.client.send(new DescribeEndpointCommand({ EndpointName })));
    return found && { status: found.EndpointStatus!, config: found.EndpointConfigName ?? null };
  }

  async model(ModelName: string): Promise<ModelParts['model']> {
    const found = await unlessAbsent(() => this.client.send(new DescribeModelCommand({ ModelName })));
    const { Image: image, ModelDataUrl: modelDataUrl } = found?.PrimaryContainer ?? {};
    return found ? { image, modelDataUrl } : null;
  }

  async config(EndpointConfigName: string): Promise<ModelParts['config']> {
    const found = await unlessAbsent(() =>
      this.client.send(new DescribeEndpointConfigCommand({ EndpointConfigName })),
    );
    return found ? { models: (found.ProductionVariants ?? []).map(({ ModelName }) => ModelName!) } : null;
  }
}

async function unlessAbsent<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.message.includes(NOT_FOUND)) return undefined;
    throw error;
  }
}
