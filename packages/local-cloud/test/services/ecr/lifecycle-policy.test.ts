import { checkLifecyclePolicy } from '../../../src/services/ecr/lifecycle-policy';
import { ECR } from '@aws-sdk/client-ecr';
import { ecr } from '../../../src/services/ecr';
import { testCloud } from '../../support/test-cloud';

const untagged = { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1 };
const any = { ...untagged, tagStatus: 'any' };
const tagged = { ...untagged, tagStatus: 'tagged', tagPrefixList: ['v'] };
const aged = { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 };
const rule = (selection: object, rulePriority: unknown = 1, more: object = {}) => ({
  ...{ rulePriority, selection, action: { type: 'expire' } },
  ...more,
});
const policy = (...rules: unknown[]) => JSON.stringify({ rules });

test.each<[name: string, text: string, detail: RegExp]>([
  ['not JSON', '{', /Could not map policyString into LifecyclePolicy/],
  ['a list', '[]', /Could not map policyString/],
  ['no rules', '{}', /missing required properties \(\["rules"\]\)/],
  ['an empty list of rules', policy(), /at least one rule/],
  ['no action', policy(rule(untagged, 1, { action: undefined })), /\["action"\]/],
  ['an unknown property', policy(rule(untagged, 1, { Selection: {} })), /'Selection'/],
  ['the priority 0', policy(rule(untagged, 0)), /'rulePriority'/],
  ['one priority twice', policy(rule(untagged), rule(any)), /rulePriority 1/],
  ['an unknown status', policy(rule({ ...untagged, tagStatus: 'all' })), /'tagStatus'/],
  [
    'tagged images without names',
    policy(rule({ ...tagged, tagPrefixList: undefined })),
    /Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED\./,
  ],
  ['names of untagged images', policy(rule({ ...untagged, tagPrefixList: ['v'] })), /need tagStatus=TAGGED/],
  ['both kinds of names', policy(rule({ ...tagged, tagPatternList: ['v*'] })), /Only one of tagPrefixList/],
  ['a unit of a number of images', policy(rule({ ...untagged, countUnit: 'days' })), /matched 0 out of 2/],
  ['an age without a unit', policy(rule({ ...aged, countUnit: undefined })), /matched 0 out of 2/],
  ['another unit', policy(rule({ ...aged, countUnit: 'hours' })), /matched 0 out of 2/],
  ['an unknown count type', policy(rule({ ...untagged, countType: 'images' })), /matched 0 out of 2/],
  ['the number 0', policy(rule({ ...untagged, countNumber: 0 })), /'countNumber'/],
  ['another action', policy(rule(untagged, 1, { action: { type: 'keep' } })), /'action'/],
  ['untagged twice', policy(rule(untagged), rule(untagged, 2)), /Only one rule can select Untagged/],
  [
    'any image before others',
    policy(rule(any), rule(tagged, 2)),
    /Rule for tagStatus=ANY must have the lowest priority/,
  ],
])('%s is refused', (_, text, detail) => {
  expect(() => checkLifecyclePolicy(text)).toThrow(
    expect.objectContaining({
      code: 'InvalidParameterException',
      message: expect.stringMatching(detail) as string,
    }) as Error,
  );
});

test.each([
  policy(rule(any)),
  policy(rule(aged)),
  policy(
    rule(untagged),
    rule(tagged, 2),
    rule({ ...tagged, tagPrefixList: undefined, tagPatternList: ['a*'] }, 3),
  ),
  policy(rule(tagged, 5, { description: 'old' }), rule(any, 9)),
])('%s is accepted', (text) => {
  expect(() => checkLifecyclePolicy(text)).not.toThrow();
});

test('a policy that uses the archive is refused by name', () => {
  const action = { type: 'transition', targetStorageClass: 'archive' };
  expect(() => checkLifecyclePolicy(policy(rule(untagged, 1, { action })))).toThrow(/'transition'/);
});

test('the API checks a policy before it replaces the earlier one', async () => {
  const here = await testCloud([ecr]);
  try {
    const client = new ECR(here.client);
    const repositoryName = 'app';
    await client.createRepository({ repositoryName });
    await client.putLifecyclePolicy({ repositoryName, lifecyclePolicyText: policy(rule(any)) });
    await expect(
      client.putLifecyclePolicy({ repositoryName, lifecyclePolicyText: policy(rule(any, 0)) }),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect((await client.getLifecyclePolicy({ repositoryName })).lifecyclePolicyText).toBe(policy(rule(any)));
  } finally {
    await here.close();
  }
});
