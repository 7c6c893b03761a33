import { SSM } from '@aws-sdk/client-ssm';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Existing, Properties, ResourceContext } from '../../../src/core/resource-type';
import { ssm } from '../../../src/services/ssm';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const type = RESOURCE_TYPES['AWS::SSM::Parameter']!;
let here: TestCloud;
let client: SSM;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([ssm]);
  client = new SSM(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'P', made: () => undefined };
});
afterAll(() => here.close());

const minimal: Properties = { Type: 'String', Value: '1' };

async function made(properties: Properties): Promise<Existing> {
  return { ...(await type.create(properties, context)), properties };
}
const tags = async (ResourceId: string) =>
  (await client.listTagsForResource({ ResourceType: 'Parameter', ResourceId })).TagList;

test('an update changes tags', async () => {
  const existing = await made({ ...minimal, Tags: { a: '1', b: '1' } });
  expect(await tags(existing.physicalId)).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '1' },
  ]);
  await type.update!({ ...minimal, Tags: { b: '2' } }, context, existing);
  expect(await tags(existing.physicalId)).toEqual([{ Key: 'b', Value: '2' }]);
});

test('an advanced parameter may have 8 KB, and does not become a standard one', async () => {
  const existing = await made({ ...minimal, Tier: 'Advanced', Value: 'x'.repeat(5000) });
  const { Parameters } = await client.getParameterHistory({ Name: existing.physicalId });
  expect(Parameters![0]!.Tier).toBe('Advanced');
  await expect(type.update!({ ...minimal, Tier: 'Standard' }, context, existing)).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining("You can't downgrade a parameter"),
  });
});

test('a value must match the allowed pattern', async () => {
  await expect(made({ ...minimal, AllowedPattern: '^[a-z]+$' })).rejects.toMatchObject({
    code: 'ParameterPatternMismatchException',
    message: 'Parameter value, cannot be validated against allowedPattern: ^[a-z]+$',
  });
});

test('a removed description is empty', async () => {
  const existing = await made({ ...minimal, Description: 'one' });
  await type.update!(minimal, context, existing);
  const { Parameters } = await client.getParameterHistory({ Name: existing.physicalId });
  expect(Parameters!.map(({ Description }) => Description)).toEqual(['one', '']);
});

test('tags of an unknown parameter are an error', async () => {
  await expect(tags('/none')).rejects.toMatchObject({ name: 'InvalidResourceId' });
});
