import { BatchGetImageCommand } from '@aws-sdk/client-ecr';
import type { Account } from '../../../cli/doctor/account';
import { Account as RealAccount } from '../../../cli/doctor/account';
import { examine } from '../../../cli/doctor/examine';
import type { PipelineConfig } from '../../../lib/config';
import type { PrebuiltReference } from '../../../lib/contract/environment';
import { fakeClients, serviceError } from '../../lambda/support/fake-clients';
import { builtIn, byTransform, prebuilt } from '../../templates/support/variants';

const aws = fakeClients();

/** @param fault why no image of an account can be pulled, by its id */
async function imagesOf(config: PipelineConfig, faults: Record<string, string> = {}, region = 'eu-west-1') {
  const account = {
    id: async () => '1',
    region: async () => region,
    sageMakerQuotas: async () => new Map(),
    imageFault: async ({ registryId }: PrebuiltReference) => faults[registryId],
    bootstrapVersion: async () => '21',
    output: async () => undefined,
    parameters: async () => [],
    endpointTags: async () => undefined,
  } as unknown as Account;
  const findings = await examine({ config, account, imageStatus: async () => 200, local: false });
  return findings
    .filter(({ check }) => check.startsWith('image of'))
    .map(({ check, result, found }) => [check, result, found]);
}

test('each prebuilt image is looked up in its registry', async () => {
  expect(await imagesOf(byTransform)).toEqual([]);
  const found = await imagesOf(prebuilt, { '210987654321': 'not authorized' });
  expect(found.map(([check, result]) => [check, result])).toEqual([
    ['image of programs.preprocess', 'ok'],
    ['image of programs.train', 'ok'],
    ['image of programs.serve', 'fails'],
  ]);
  expect(found[2]![2]).toMatch(/theirs\/serve@sha256:a+: not authorized$/);
});

test('a built-in algorithm is looked up in the region of the caller, or is not known there', async () => {
  expect((await imagesOf(builtIn, { '141502667606': 'gone' })).map(([, result]) => result)).toEqual([
    'fails',
    'fails',
  ]);
  expect((await imagesOf(builtIn, {}, 'xx-east-9'))[0]).toEqual([
    ...['image of programs.train', 'fails', 'xgboost: its registry in xx-east-9 is not known'],
  ]);
});

test('ECR says why an image cannot be pulled', async () => {
  const reference: PrebuiltReference = {
    ...{ registryId: '2', repositoryName: 'r', repositoryUri: 'u/r', field: 'programs.serve' },
    id: { imageTag: 't' },
  };
  const input = { registryId: '2', repositoryName: 'r', imageIds: [reference.id] };
  aws.expect(BatchGetImageCommand, input, { images: [{}] });
  expect(await new RealAccount().imageFault(reference)).toBeUndefined();
  aws.expect(BatchGetImageCommand, input, {});
  expect(await new RealAccount().imageFault(reference)).toMatch(/no such image/);
  aws.expect(BatchGetImageCommand, input, serviceError('AccessDeniedException', 'not authorized'));
  expect(await new RealAccount().imageFault(reference)).toMatch(/not authorized/);
});
