import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { Variant } from './policies';

const client = new SageMakerClient();

/** Returns the name of the endpoint's configuration. */
export async function configOf(EndpointName: string): Promise<string> {
  return (await client.send(new DescribeEndpointCommand({ EndpointName }))).EndpointConfigName!;
}

/** Returns the production variants of a configuration. */
export async function variantsOf(EndpointConfigName: string): Promise<Variant[]> {
  const { ProductionVariants = [] } = await client.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName }),
  );
  return ProductionVariants.map(({ VariantName, InstanceType }) => ({
    name: VariantName!,
    instanceType: InstanceType,
  }));
}
