import type { Properties } from '../../../src/core/resource-type';
import { RESOURCE_TYPES } from '../../../src/services';
import { serving, type Serving } from './serving';

/** Network interfaces of endpoints: they keep subnets and groups, and a model without them starts no instance. */

let here: Serving;
beforeAll(async () => (here = await serving()));
afterAll(() => here.jobsCloud.close());

const context = () => {
  const { cloud } = here.jobsCloud.here;
  const caller = { principal: cloud.principals.operator };
  return { cloud, caller, stackName: 'S', logicalId: 'L', made: () => undefined };
};
const create = async (type: string, properties: Properties) =>
  (await RESOURCE_TYPES[`AWS::EC2::${type}`]!.create(properties, context())).physicalId;
const remove = (type: string, physicalId: string) =>
  RESOURCE_TYPES[`AWS::EC2::${type}`]!.delete({ physicalId, properties: {} }, context());

/** A network, and a configuration of one model in it. */
async function placed() {
  const VpcId = await create('VPC', { CidrBlock: '10.0.0.0/16' });
  const subnet = await create('Subnet', { VpcId, CidrBlock: '10.0.0.0/24' });
  const group = await create('SecurityGroup', { VpcId, GroupDescription: 'of models' });
  const VpcConfig = { Subnets: [subnet], SecurityGroupIds: [group] };
  const ModelName = await here.model('placed', { VpcConfig });
  const EndpointConfigName = here.name('Config');
  await here.client.createEndpointConfig({
    EndpointConfigName,
    ProductionVariants: [
      {
        ...{ VariantName: 'v0', ModelName, InstanceType: 'ml.m5.large' },
        ...{ InitialInstanceCount: 1, InitialVariantWeight: 1 },
      },
    ],
  });
  return { VpcId, subnet, group, ModelName, EndpointConfigName };
}

test('the interfaces of an endpoint keep subnet and group, also after its model was deleted', async () => {
  const { VpcId, subnet, group, ModelName, EndpointConfigName } = await placed();
  const EndpointName = await here.endpoint(EndpointConfigName);
  await here.client.deleteModel({ ModelName });
  await expect(remove('SecurityGroup', group)).rejects.toMatchObject({
    code: 'DependencyViolation',
    message: expect.stringContaining(`resource ${group} has a dependent object`) as string,
  });
  await expect(remove('Subnet', subnet)).rejects.toMatchObject({
    code: 'DependencyViolation',
    message: expect.stringContaining(`The subnet '${subnet}' has dependencies`) as string,
  });
  // They go with the instances: here with an update to a model outside of the network.
  await here.client.updateEndpoint({ EndpointName, EndpointConfigName: await here.config(['outside']) });
  await here.settled(EndpointName);
  await remove('SecurityGroup', group);
  await remove('Subnet', subnet);
  await remove('VPC', VpcId);
});

test('an endpoint does not move to a model whose network was deleted, and keeps serving', async () => {
  const { subnet, group, EndpointConfigName } = await placed();
  const before = await here.config(['before']);
  const EndpointName = await here.endpoint(before);
  await remove('SecurityGroup', group);
  await remove('Subnet', subnet);
  await here.client.updateEndpoint({ EndpointName, EndpointConfigName });
  expect(await here.settled(EndpointName)).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: before,
    FailureReason: expect.stringContaining(`'${subnet}' does not exist`) as string,
  });
  expect((await here.ask(EndpointName)).said.word).toBe('before');
});
