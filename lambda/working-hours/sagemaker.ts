import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { unlessAbsent } from '../../lib/contract/endpoint';
import type { RunTag } from '../../lib/contract/tags';

export interface EndpointStatus {
  readonly status: string;
  readonly reason: string | undefined;
}

/** One endpoint. SageMaker reports a missing endpoint in the error's message only. */
export class Hosting {
  constructor(
    private readonly EndpointName: string,
    private readonly tags: readonly RunTag[],
    private readonly client = new SageMakerClient(),
  ) {}

  /** Returns the status; undefined where there is no endpoint. */
  async status(): Promise<EndpointStatus | undefined> {
    const { EndpointName } = this;
    const found = await unlessAbsent(() => this.client.send(new DescribeEndpointCommand({ EndpointName })));
    return found && { status: found.EndpointStatus!, reason: found.FailureReason };
  }

  async create(EndpointConfigName: string): Promise<void> {
    const { EndpointName, tags } = this;
    await this.client.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName, Tags: [...tags] }));
  }

  async remove(): Promise<void> {
    const { EndpointName } = this;
    await this.client.send(new DeleteEndpointCommand({ EndpointName }));
  }
}
