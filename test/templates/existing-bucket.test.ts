import { BUCKET, KEY, withBucket } from './support/account';
import { dev, ofType, synthesise } from './support/synthesis';
import { roleStatements } from './support/statements';
import { batch } from './support/variants';

const ARN = `arn:aws:s3:::${BUCKET}`;

/** Permissions of all roles, as `action resource`. */
function permissions(config: typeof dev): string[] {
  const { storage, pipeline, inference } = synthesise(config);
  const all = [storage, pipeline, inference].flatMap(roleStatements);
  return all.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)),
  );
}

const about = (config: typeof dev, text: string) =>
  [...new Set(permissions(config).filter((each) => each.includes(text)))].sort();

test('the bucket is not created, nor changed', () => {
  const { storage } = synthesise(withBucket(dev));
  const buckets = ofType(storage, 'AWS::S3::Bucket').map(({ id }) => id);
  expect(buckets.map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['StoreAccessLogs', 'StoreArtifacts']);
  const policies = JSON.stringify(ofType(storage, 'AWS::S3::BucketPolicy'));
  expect(policies).not.toContain(BUCKET);
});

test('roles may read the prefix and the schema of it, list it, and use its key to decrypt', () => {
  expect(about(withBucket(dev), BUCKET)).toEqual([
    `s3:GetBucketVersioning ${ARN}`,
    `s3:GetObject ${ARN}/data/*`,
    `s3:GetObjectVersion ${ARN}/data/*`,
    `s3:GetObjectVersion ${ARN}/schema/schema.json`,
    `s3:ListBucketVersions ${ARN}`,
  ]);
  expect(about(withBucket(dev), KEY)).toEqual([`kms:Decrypt ${KEY}`]);
});

test('a bucket without a key of its own needs no permission for one', () => {
  expect(about(withBucket(dev, null), KEY)).toEqual([]);
});

test('predictions of a batch are written next to their inputs, under the key of the bucket', () => {
  expect(about(withBucket(batch), BUCKET)).toEqual(
    expect.arrayContaining([
      `s3:GetObject ${ARN}/batch/*`,
      `s3:ListBucket ${ARN}`,
      `s3:PutObject ${ARN}/batch/*.out`,
    ]),
  );
  expect(about(withBucket(batch), KEY)).toEqual([`kms:Decrypt ${KEY}`, `kms:GenerateDataKey ${KEY}`]);
  const [machine] = ofType<{ DefinitionString: string }>(
    synthesise(withBucket(batch)).pipeline,
    'AWS::StepFunctions::StateMachine',
  );
  expect(machine!.properties.DefinitionString).toContain(
    `"S3OutputPath":"s3://${BUCKET}/batch/","Accept":"application/json","KmsKeyId":"${KEY}"`,
  );
});

test('changes of its training data start runs', () => {
  const rules = ofType<{ EventPattern: { detail: { bucket?: object; object?: object } } }>(
    synthesise(withBucket(dev)).pipeline,
    'AWS::Events::Rule',
  );
  const patterns = rules.map(({ properties }) => properties.EventPattern.detail);
  expect(patterns).toContainEqual(
    expect.objectContaining({
      bucket: { name: [BUCKET] },
      object: { key: [{ prefix: 'data/' }, 'schema/schema.json'] },
    }),
  );
});

test('only a bucket of the team is asked for its versions', () => {
  const settings = (config: typeof dev) =>
    ofType<{ Environment?: { Variables: Record<string, string> } }>(
      synthesise(config).pipeline,
      'AWS::Lambda::Function',
    ).flatMap(({ properties }) => {
      const { SETTINGS = '' } = properties.Environment?.Variables ?? {};
      return SETTINGS.includes('bucketOfTeam')
        ? [(JSON.parse(SETTINGS) as { bucketOfTeam: boolean }).bucketOfTeam]
        : [];
    });
  expect(settings(dev)).toEqual([false]);
  expect(settings(withBucket(dev))).toEqual([true]);
  expect(permissions(dev).some((each) => each.startsWith('s3:GetBucketVersioning'))).toBe(false);
});
