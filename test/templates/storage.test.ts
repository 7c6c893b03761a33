import { environments } from '../support/configs';
import { layout } from '../../lib/contract/layout';
import { arn, dev, local, ofType, only, synthesise, type Resource } from './support/synthesis';
import { statements } from './support/statements';

interface Bucket {
  BucketEncryption: {
    ServerSideEncryptionConfiguration: {
      ServerSideEncryptionByDefault: { SSEAlgorithm: string; KMSMasterKeyID?: string };
    }[];
  };
  PublicAccessBlockConfiguration: Record<string, boolean>;
  OwnershipControls: { Rules: { ObjectOwnership: string }[] };
  VersioningConfiguration?: { Status: string };
  LoggingConfiguration?: { DestinationBucketName: string };
}

interface Lifecycle {
  LifecycleConfiguration: { Rules: { Prefix?: string; ExpirationInDays?: number }[] };
}

interface Repository {
  LifecyclePolicy: { LifecyclePolicyText: string };
  ImageTagMutability: string;
  ImageScanningConfiguration: { ScanOnPush: boolean };
  EncryptionConfiguration: { EncryptionType: string; KmsKey: string };
}

const HOLDS_DATA = [
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::ECR::Repository',
  'AWS::SNS::Topic',
  'AWS::SageMaker::ModelPackageGroup',
];

/** Resources with data: another stack deployment cannot repair their loss. */
describe.each([dev, local])('storage of $environment', (config) => {
  const { storage } = synthesise(config);
  const key = only<{ EnableKeyRotation: boolean }>(storage, 'AWS::KMS::Key');
  const keyArn = arn(key.type, key.id);
  const buckets = ofType<Bucket>(storage, 'AWS::S3::Bucket');
  const accessLogs = buckets.find(({ id }) => id.startsWith('StoreAccessLogs'))!;
  const dataBuckets = buckets.filter((bucket) => bucket !== accessLogs);
  const encryption = ({ properties }: Resource<Bucket>) =>
    properties.BucketEncryption.ServerSideEncryptionConfiguration[0]!.ServerSideEncryptionByDefault;

  test('there are two data buckets and one for access logs', () => {
    expect(dataBuckets.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'StoreData',
      'StoreArtifacts',
    ]);
  });

  test('data buckets are encrypted with the key, versioned and logged', () => {
    for (const bucket of dataBuckets) {
      expect(encryption(bucket)).toEqual({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn });
      expect(bucket.properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
      expect(bucket.properties.LoggingConfiguration).toMatchObject({ DestinationBucketName: accessLogs.id });
    }
    expect(key.properties.EnableKeyRotation).toBe(true);
  });

  test("the access log bucket has S3's own encryption, the only one that log delivery can write with", () => {
    expect(encryption(accessLogs)).toEqual({ SSEAlgorithm: 'AES256' });
  });

  test.each(buckets)('$id is closed to the public and to plain HTTP', ({ id, properties }) => {
    expect(Object.values(properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect(properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    const policy = ofType(storage, 'AWS::S3::BucketPolicy').find(({ properties: p }) => p.Bucket === id)!;
    const denied = statements(policy).filter(({ Effect }) => Effect === 'Deny');
    const everything = { Action: ['s3:*'], Principal: { AWS: '*' } };
    expect(denied).toEqual([
      expect.objectContaining({ ...everything, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({ ...everything, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
    ]);
    const bucketArn = arn('AWS::S3::Bucket', id);
    for (const { Resource: on } of denied) expect(on).toEqual([bucketArn, `${bucketArn}/*`]);
  });

  test('temporary objects expire, and no objects of champions, rollbacks and lineage', () => {
    const artifacts = ofType<Lifecycle>(storage, 'AWS::S3::Bucket').find(({ id }) =>
      id.startsWith('StoreArtifacts'),
    )!;
    const rules = artifacts.properties.LifecycleConfiguration.Rules;
    const expiring = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
    expect(expiring.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays])).toEqual([
      ['checkpoints/', 30],
      ['preprocessed/', config.data.keepSplitsDays],
      ['capture/', config.endpoint.keepCaptureDays],
    ]);
    const gone = (key: string) => expiring.some(({ Prefix }) => key.startsWith(Prefix!));
    const run = 'run-1';
    const { champion, challenger, endpointLock, models, evaluation, manifest, schema, record } = layout;
    const kept = [models, evaluation, manifest, schema, record].map((of) => of(run));
    for (const key of [champion, challenger, endpointLock, layout.rejection('f'), ...kept])
      expect([key, gone(key)]).toEqual([key, false]);
    expect(gone(layout.preprocessed(run))).toBe(true);
    expect(gone(layout.checkpoints('f', run))).toBe(true);
  });

  test('images without a tag expire, and all but the newest where no champion needs them', () => {
    for (const { id, properties } of ofType<Repository>(storage, 'AWS::ECR::Repository')) {
      const { rules } = JSON.parse(properties.LifecyclePolicy.LifecyclePolicyText) as {
        rules: { rulePriority: number; selection: object }[];
      };
      expect(rules.map(({ rulePriority, selection }) => [rulePriority, selection])).toEqual([
        [1, { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 7, countUnit: 'days' }],
        ...(id.includes('Inference')
          ? []
          : [[2, { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 50 }]]),
      ]);
    }
  });

  test('image repositories are immutable, scanned on push and encrypted with the key', () => {
    const repositories = ofType<Repository>(storage, 'AWS::ECR::Repository');
    expect(repositories).toHaveLength(3);
    for (const { properties } of repositories) {
      expect(properties.ImageTagMutability).toBe('IMMUTABLE');
      expect(properties.ImageScanningConfiguration).toEqual({ ScanOnPush: true });
      expect(properties.EncryptionConfiguration).toEqual({ EncryptionType: 'KMS', KmsKey: keyArn });
    }
  });

  test('the topic is encrypted with the key, requires TLS, and has the configured addresses', () => {
    const topic = only(storage, 'AWS::SNS::Topic');
    expect(topic.properties.KmsMasterKeyId).toBe(keyArn);
    expect(statements(only(storage, 'AWS::SNS::TopicPolicy'))).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: ['sns:Publish'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    const subscribed = ofType<{ Protocol: string; Endpoint: string }>(storage, 'AWS::SNS::Subscription');
    expect(subscribed.map(({ properties: { Protocol, Endpoint } }) => `${Protocol}:${Endpoint}`)).toEqual(
      config.notifications.emails.map((address) => `email:${address}`),
    );
  });

  // RetainExceptOnCreate: a failed first deployment leaves nothing whose name would block the next one.
  const policies = config.retainData ? ['RetainExceptOnCreate', 'Retain'] : ['Delete', 'Delete'];
  test(`deleting the stack means ${policies[0]} for key, buckets, images, registry and topic`, () => {
    const holdsData = storage.resources.filter(({ type }) => HOLDS_DATA.includes(type));
    expect(holdsData).toHaveLength(9);
    for (const { deletionPolicy, updateReplacePolicy } of holdsData) {
      expect([deletionPolicy, updateReplacePolicy]).toEqual(policies);
    }
    expect(storage.terminationProtection).toBe(config.retainData);
  });

  test(`logs: ${policies[0]} too`, () => {
    const { pipeline, inference } = synthesise(config);
    const groups = [pipeline, inference].flatMap((stack) => ofType(stack, 'AWS::Logs::LogGroup'));
    expect(groups.length).toBeGreaterThan(8);
    for (const { id, deletionPolicy } of groups) expect([id, deletionPolicy]).toEqual([id, policies[0]]);
  });

  test('images and key go with the stack only where data is not retained', () => {
    const emptied = ofType<{ EmptyOnDelete?: boolean }>(storage, 'AWS::ECR::Repository');
    const kept = config.retainData ? undefined : true;
    expect(emptied.map(({ properties }) => properties.EmptyOnDelete)).toEqual([kept, kept, kept]);
    const { PendingWindowInDays } = only<{ PendingWindowInDays?: number }>(
      storage,
      'AWS::KMS::Key',
    ).properties;
    expect(PendingWindowInDays).toBe(config.retainData ? undefined : 7);
  });
});

test('dev retains its data, local deletes it', () => {
  expect([dev.retainData, local.retainData]).toEqual([true, false]);
});

/** Resources with data, with confirmations and with identifiers that users have noted. */
const STATEFUL = [
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::RestApi',
  'AWS::ECR::Repository',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SSM::Parameter',
  'AWS::StepFunctions::StateMachine',
];

/** With another logical id CloudFormation creates a new, empty resource. */
test.each(environments)('the logical ids of what $environment must not lose stay what they are', (config) => {
  const stateful = Object.entries(synthesise(config)).map(([stack, { resources }]) => {
    const kept = (resources as readonly Resource[]).filter(({ type }) => STATEFUL.includes(type));
    return [stack, Object.fromEntries(kept.map(({ id, type }) => [id, type]))] as const;
  });
  expect(Object.fromEntries(stateful)).toMatchSnapshot();
});
