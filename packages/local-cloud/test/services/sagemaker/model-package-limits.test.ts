import type { CreateModelPackageInput, ModelPackageValidationProfile } from '@aws-sdk/client-sagemaker';
import {
  checkGroup,
  checkPackage,
  checkPackageUpdate,
} from '../../../src/services/sagemaker/model-package-limits';
import {
  asSent,
  ENUM,
  list,
  longest,
  mapKey,
  mapValue,
  PATTERN,
  testLimits,
  testRules,
  text,
} from './limit-cases';
import { ROLE } from '../../jobs/job-cloud';

const check = (change: object) =>
  checkPackage(asSent('CreateModelPackage', { ModelPackageGroupName: 'group', ...change }));

const CONTAINER = { Image: 'image', ModelDataUrl: 's3://bucket/model.tar.gz' };
const containers = (...Containers: object[]) => ({ InferenceSpecification: { Containers } });
const container = (change: object) => containers({ ...CONTAINER, ...change });
const hosted = (type: string) => ({
  InferenceSpecification: { Containers: [CONTAINER], SupportedRealtimeInferenceInstanceTypes: [type] },
});
const properties = (count: number) => ({
  CustomerMetadataProperties: Object.fromEntries(list(count, (i) => [`k${i}`, 'v'])),
});
const PROPERTIES = 'customerMetadataProperties';
const CONTAINERS = 'inferenceSpecification.containers';

testLimits(check, [
  ['properties', properties, 50, 51, PROPERTIES, longest(50)],
  [
    'a property’s name',
    (k) => ({ CustomerMetadataProperties: { [k]: 'v' } }),
    text(128),
    text(129),
    PROPERTIES,
    mapKey(128),
  ],
  [
    'a property',
    (k) => ({ CustomerMetadataProperties: { k } }),
    text(256),
    text(257),
    PROPERTIES,
    mapValue(256),
  ],
  [
    'its letters',
    (k) => ({ CustomerMetadataProperties: { k } }),
    's3://b/k é=1',
    'a;b',
    `${PROPERTIES}.k`,
    PATTERN,
  ],
  ['no property', (k) => ({ CustomerMetadataProperties: { k } }), 'v', '', PROPERTIES, 'or equal to 1'],
  ['status', (s) => ({ ModelApprovalStatus: s }), 'Rejected', 'Maybe', 'modelApprovalStatus', ENUM],
  [
    'text',
    (d) => ({ ModelPackageDescription: d }),
    text(1_024),
    text(1_025),
    'modelPackageDescription',
    longest(1_024),
  ],
  [
    'commit',
    (c) => ({ MetadataProperties: { CommitId: c } }),
    text(1_024),
    text(1_025),
    'metadataProperties.commitId',
    longest(1_024),
  ],
  ['containers', (n) => containers(...list(n, () => CONTAINER)), 15, 16, CONTAINERS, longest(15)],
  ['no container', (n) => containers(...list(n, () => CONTAINER)), 1, 0, CONTAINERS, 'or equal to 1'],
  [
    'image',
    (Image) => container({ Image }),
    text(255),
    text(256),
    `${CONTAINERS}.1.member.image`,
    longest(255),
  ],
  [
    'data',
    (ModelDataUrl) => container({ ModelDataUrl }),
    's3://b/k',
    'k',
    `${CONTAINERS}.1.member.modelDataUrl`,
    'https|s3',
  ],
  [
    'instance',
    hosted,
    'ml.m5.large',
    'm5.large',
    'inferenceSpecification.supportedRealtimeInferenceInstanceTypes.1.member',
    ENUM,
  ],
]);

testRules(check, [
  ['one name', {}, { ModelPackageName: 'package' }, 'Cannot determine which one to use.'],
  ['a name', {}, { ModelPackageGroupName: undefined }, 'Missing ARN.'],
  ['tags are the group’s', {}, { Tags: [{ Key: 'k', Value: 'v' }] }, 'it has the tags of its group'],
]);

describe('groups', () => {
  const name = (ModelPackageGroupName: string) => ({ ModelPackageGroupName });
  const described = (ModelPackageGroupDescription: string) => ({
    ...name('g'),
    ModelPackageGroupDescription,
  });
  testLimits(
    (change) => checkGroup(asSent('CreateModelPackageGroup', change as { ModelPackageGroupName: string })),
    [
      ['length', name, text(63), text(64), 'modelPackageGroupName', longest(63)],
      ['letters', name, 'a-b', 'a_b', 'modelPackageGroupName', PATTERN],
      ['text', described, text(1_024), text(1_025), 'modelPackageGroupDescription', longest(1_024)],
    ],
  );
});

describe('updates', () => {
  const update = (change: object) =>
    checkPackageUpdate(
      asSent('UpdateModelPackage', {
        ModelPackageArn: 'arn:aws:sagemaker:us-east-1:123456789012:model-package/group/1',
        ...change,
      }),
    );
  testLimits(update, [
    ['status', (s) => ({ ModelApprovalStatus: s }), 'Approved', 'Yes', 'modelApprovalStatus', ENUM],
    [
      'reason',
      (d) => ({ ApprovalDescription: d }),
      text(1_024),
      text(1_025),
      'approvalDescription',
      longest(1_024),
    ],
  ]);
  test('unsupported: another specification', () => {
    const InferenceSpecification = { Containers: [{ Image: 'image' }] };
    expect(() => update({ InferenceSpecification })).toThrow(/InferenceSpecification of a model package/);
  });
});

const PROFILE: ModelPackageValidationProfile = {
  ProfileName: 'p',
  TransformJobDefinition: {
    TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://b/' } } },
    TransformOutput: { S3OutputPath: 's3://b/' },
    TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
  },
};

test.each<[string, Partial<CreateModelPackageInput>]>([
  ['model packages without versions', { ModelPackageGroupName: undefined, ModelPackageName: 'package' }],
  ['ModelCard', { ModelCard: {} }],
  ['ModelLifeCycle', { ModelLifeCycle: { Stage: 's', StageStatus: 's' } }],
  [
    'ValidationSpecification',
    { ValidationSpecification: { ValidationRole: ROLE, ValidationProfiles: [PROFILE] } },
  ],
  [
    'SourceAlgorithmSpecification',
    { SourceAlgorithmSpecification: { SourceAlgorithms: [{ AlgorithmName: 'a' }] } },
  ],
  ['CertifyForMarketplace', { CertifyForMarketplace: true }],
  [
    'AdditionalInferenceSpecifications',
    { AdditionalInferenceSpecifications: [{ Name: 'n', Containers: [{ Image: 'image' }] }] },
  ],
])('unsupported: %s', (name, change) => {
  expect(() => check(change)).toThrow(expect.objectContaining({ name: 'NotImplemented' }));
  expect(() => check(change)).toThrow(name);
});
