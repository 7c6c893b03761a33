import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { unlessAbsent } from '../../lib/contract/endpoint';

/** Models and configurations of an endpoint. SageMaker reports a missing resource in the error's message only. */
export class Hosting {
  constructor(
    private readonly endpointName: string,
    private readonly client = new SageMakerClient(),
  ) {}

  /** Returns the name of the endpoint's configuration; undefined where there is no endpoint. */
  async configInUse(): Promise<string | undefined> {
    const command = new DescribeEndpointCommand({ EndpointName: this.endpointName });
    return (await unlessAbsent(() => this.client.send(command)))?.EndpointConfigName;
  }

  /** Deletes a configuration. @returns true if there was one */
  async deleteConfig(EndpointConfigName: string): Promise<boolean> {
    return this.removed(() => this.client.send(new DeleteEndpointConfigCommand({ EndpointConfigName })));
  }

  /** Deletes a model. @returns true if there was one */
  async deleteModel(ModelName: string): Promise<boolean> {
    return this.removed(() => this.client.send(new DeleteModelCommand({ ModelName })));
  }

  private async removed(remove: () => Promise<unknown>): Promise<boolean> {
    return (await unlessAbsent(remove)) !== undefined;
  }
}
