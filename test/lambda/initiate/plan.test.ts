import { HOSTED_MEDIA_TYPE } from '../../../lib/contract/images';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { NO_CHAMPION, type Assessment } from '../../../lambda/initiate/assessment';
import { fingerprint } from '../../../lambda/initiate/fingerprint';
import { planRun, type InitiateSettings } from '../../../lambda/initiate/plan';
import { ParameterStore } from '../../../lambda/initiate/ssm';
import { Bucket } from '../../../lambda/shared/s3';
import { Topic } from '../../../lambda/shared/topic';
import { modelFacts } from '../../../lib/config';
import { table } from '../../../lib';
import { local } from '../../support/configs';
import type { PrebuiltReference } from '../../../lib/contract/environment';
import { resolveHyperparameters } from '../../../lib/contract/hyperparameters';
import type { ModelFacts } from '../../../lib/contract/model';
import type { RunPlan } from '../../../lib/contract/run';
import { gate } from '../decide/gate-evaluation';
import { fakeClients } from '../support/fake-clients';

const aws = fakeClients();
const images = { preprocessing: 'p1', training: 't1', inference: 'i1' };
const SCHEMA = JSON.stringify({ label: 'kind', features: ['a'] });
const ROWS = 'a,kind\n1,x\n2,y\n';

/** All that a run's plan depends on. The defaults: two objects of data, and nothing else. */
interface Situation {
  /** Version by key. */
  readonly data: Readonly<Record<string, string>>;
  readonly schema: string;
  readonly schemaVersion: string;
  readonly images: InitiateSettings['images'];
  readonly prebuilt: InitiateSettings['prebuilt'];
  /** Digest by repository, as ECR has it. */
  readonly digests: Readonly<Record<string, string>>;
  readonly splits?: ModelFacts['splits'];
  readonly gate: InitiateSettings['gate'];
  /** Hyperparameters in Parameter Store. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly input: unknown;
  /** Stored objects: champion, challenger, rejections. */
  readonly artifacts: Readonly<Record<string, unknown>>;
  /** What is wrong with the champion. */
  readonly production?: Partial<Assessment>;
}

const usual: Situation = {
  ...{ data: { 'data/1.csv': 'v1', 'data/2.csv': 'v1' }, schema: SCHEMA, schemaVersion: 'v1' },
  ...{ images, gate, prebuilt: {}, digests: {}, parameters: {}, input: {}, artifacts: {} },
};

/** Ingredients of the usual situation. */
const INPUT = {
  data: Object.keys(usual.data).map((key) => ({ key, versionId: 'v1', size: ROWS.length })),
  schema: SCHEMA,
  images,
  hyperparameters: resolveHyperparameters(table.hyperparameters, []),
};
const USUAL = fingerprint(INPUT);
const champion = { runId: 'run-1', fingerprint: USUAL };
const challenger = { runId: 'run-2', against: 'run-1', strategy: 'shadow' };

const MANIFEST = 'runs/run-9/manifest.json';
const WRITES = [MANIFEST, 'runs/run-9/schema/schema.json'];

function settings({ images, gate, prebuilt, splits }: Situation): InitiateSettings {
  return {
    ...{ prefix: 'mlops-dev', environment: 'dev', dataPrefix: 'data/', schemaKey: 'schema.json' },
    ...{
      model: { ...modelFacts(local), ...(splits && { splits }) },
      maxShards: 2,
      gitCommit: 'c0ffee',
      images,
      gate,
      prebuilt,
    },
    bucketOfTeam: false,
    volumes: { given: {}, trainingCopies: true, testFraction: 0.2 },
  };
}

const parametersRead = ({ parameters }: Pick<Situation, 'parameters'>) =>
  aws.expect(
    GetParametersByPathCommand,
    { Path: '/p', Recursive: true },
    { Parameters: Object.entries(parameters).map(([name, Value]) => ({ Name: `/p/${name}`, Value })) },
  );

function dataRead({ data, schema, schemaVersion }: Situation): void {
  const version = (Key: string, VersionId: string, text: string) => ({
    ...{ Key, VersionId, IsLatest: true, Size: text.length },
  });
  const Versions = Object.entries(data).map(([key, versionId]) => version(key, versionId, ROWS));
  aws.expect(ListObjectVersionsCommand, { Bucket: 'data', Prefix: 'data/' }, { Versions });
  const schemas = [version('schema.json', schemaVersion, schema)];
  aws.expect(ListObjectVersionsCommand, { Bucket: 'data', Prefix: 'schema.json' }, { Versions: schemas });
  aws.bucket('data', {
    [`schema.json?versionId=${schemaVersion}`]: schema,
    ...Object.fromEntries(
      Object.entries(data).map(([key, version]) => [`${key}?versionId=${version}`, ROWS]),
    ),
  });
}

/** Plans `run-9`. @param writes objects that it has to write */
async function plan(changes: Partial<Situation>, writes: readonly string[]): Promise<RunPlan> {
  const situation = { ...usual, ...changes };
  parametersRead(situation);
  dataRead(situation);
  const nothing = { 'champion.json': null, 'challenger.json': null, 'rejections/*': null };
  aws.bucket('artifacts', { ...nothing, ...situation.artifacts }, writes);
  if (writes.length > 0) {
    const Message = expect.stringContaining('run-9') as string;
    aws.expect(PublishCommand, { TopicArn: 'topic', Subject: '[table-dev] started: run-9', Message }, {});
  }
  return planned(situation);
}

const planned = (situation: Situation) =>
  planRun(
    { runId: 'run-9', executionArn: 'arn:aws:states:eu-west-1:1:execution:M:run-9', input: situation.input },
    {
      data: new Bucket('data'),
      artifacts: new Bucket('artifacts'),
      parameters: new ParameterStore('/p'),
      topic: new Topic('topic'),
      findImage: async ({ repositoryName }) => {
        const digest = situation.digests[repositoryName];
        return digest === undefined ? undefined : { digest, mediaType: HOSTED_MEDIA_TYPE };
      },
      lookAtProduction: async ({ champion }) => ({
        ...NO_CHAMPION,
        ...{ champion, judgedAgainst: champion },
        ...situation.production,
      }),
      settings: settings(situation),
    },
  );

const shards = (count: number) => Array.from({ length: count }, (_, i) => `runs/run-9/shards/${i}.manifest`);
const withChampion = { 'champion.json': champion, 'runs/run-1/schema/encoding.json': null };

describe('a run starts', () => {
  test.each<[string, Partial<Situation>]>([
    ['without a champion', {}],
    [
      'with a new version of an object',
      { data: { ...usual.data, 'data/2.csv': 'v2' }, artifacts: withChampion },
    ],
    ['with an object less', { data: { 'data/1.csv': 'v1' }, artifacts: withChampion }],
    ['with another schema', { schema: `${SCHEMA} `, artifacts: withChampion }],
    ['with new code', { images: { ...images, training: 't2' }, artifacts: withChampion }],
    [
      'with a hyperparameter of Parameter Store',
      { parameters: { 'training/epochs': '7' }, artifacts: withChampion },
    ],
    [
      'with a hyperparameter of its input',
      { input: { hyperparameters: { 'training.epochs': 7 } }, artifacts: withChampion },
    ],
    ['that is forced', { input: { force: true }, artifacts: withChampion }],
    ['that is forced after a rejection', { input: { force: true }, artifacts: { 'rejections/*': {} } }],
  ])('%s', async (_, situation) => {
    const objects = Object.keys(situation.data ?? usual.data).length;
    const run = await plan(situation, [...WRITES, ...shards(objects)]);
    expect(run).toMatchObject({ runId: 'run-9', changed: true });
    expect(run.shards).toHaveLength(objects);
    expect(run.champion).toEqual(situation.artifacts?.['champion.json'] ?? null);
    expect(aws.stored('artifacts', MANIFEST)).toMatchObject({
      ...{ runId: 'run-9', fingerprint: run.fingerprint, gitCommit: 'c0ffee' },
      champion: run.champion?.runId ?? null,
    });
    const forced = (situation.input as { force?: boolean } | undefined)?.force ?? false;
    const folder = `s3://artifacts/checkpoints/${run.fingerprint}${forced ? '-run-9' : ''}/`;
    expect(run.uris.checkpoints).toBe(folder);
  });

  test('with the values of its input before those of Parameter Store', async () => {
    const hyperparameters = { 'training.epochs': 7, 'preprocessing.max_bad_row_fraction': 0.5 };
    const parameters = { 'training/epochs': '3', 'training/seed': '4' };
    const run = await plan({ parameters, input: { hyperparameters } }, [...WRITES, ...shards(2)]);
    expect(run.trainingHyperparameters).toMatchObject({ epochs: '7', seed: '4' });
    expect(run.maxBadRowFraction).toBe(0.5);
  });

  test('in one shard where the rows are split by time', async () => {
    const byTime = { label: 'kind', features: ['a'], split: { by: 'time', column: 'a' } };
    const run = await plan({ schema: JSON.stringify(byTime) }, [...WRITES, ...shards(1)]);
    expect(run.shards).toHaveLength(1);
    expect(aws.stored('artifacts', 'runs/run-9/shards/0.manifest')).toEqual([
      { prefix: 's3://data/data/' },
      ...['1.csv', '2.csv'],
    ]);
  });

  test('with the encoding of the champion, where that is a table’s', async () => {
    const artifacts = {
      'champion.json': { ...champion, fingerprint: 'other' },
      'runs/run-1/schema/encoding.json': { formatVersion: 1 },
    };
    const copy = 'runs/run-9/schema/champion.json';
    await plan({ artifacts }, [...WRITES, ...shards(2), copy]);
    expect(aws.stored('artifacts', copy)).toEqual({ formatVersion: 1 });
  });

  test('on prebuilt images by their digests, a built-in’s as its tag has it now', async () => {
    const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
    const reference = (repositoryName: string, id: PrebuiltReference['id']): PrebuiltReference => ({
      ...{ registryId: '210987654321', repositoryName, repositoryUri: `registry/${repositoryName}` },
      ...{ id, field: `programs.${repositoryName}` },
    });
    const prebuilt = {
      training: reference('train', { imageTag: '3.0-5' }),
      inference: reference('serve', { imageDigest: digest('b') }),
    };
    const runs = (letter: string) =>
      plan({ prebuilt, digests: { train: digest(letter), serve: digest('b') } }, [...WRITES, ...shards(2)]);
    const run = await runs('a');
    expect(run.images).toEqual({
      training: `registry/train@${digest('a')}`,
      inference: `registry/serve@${digest('b')}`,
    });
    expect(aws.stored('artifacts', MANIFEST)).toMatchObject({
      images: { preprocessing: 'p1', training: digest('a'), inference: digest('b') },
    });
    expect(run.lineage).toMatchObject({ 'content.training': digest('a') });
    aws.verify();
    aws.install();
    expect((await runs('c')).fingerprint).not.toBe(run.fingerprint);
  });

  test('anew where the form of the splits changed', async () => {
    const schema = JSON.stringify({ label: 'kind', classes: ['x', 'y'], features: ['a'] });
    const champion = { runId: 'run-1', fingerprint: fingerprint({ ...INPUT, schema }) };
    const artifacts = { ...withChampion, 'champion.json': champion };
    expect(await plan({ schema, artifacts: { 'champion.json': champion } }, [])).toMatchObject({
      changed: false,
    });
    aws.verify();
    aws.install();
    const splits = { header: false, label: 'first', contentType: 'text/csv' } as const;
    expect(await plan({ schema, splits, artifacts }, [...WRITES, ...shards(2)])).toMatchObject({
      changed: true,
    });
  });

  test('with the trigger of its input', async () => {
    const trigger = { kind: 'drift', detail: 'alarm' };
    const run = await plan({ input: { trigger } }, [...WRITES, ...shards(2)]);
    expect(run.trigger).toEqual(trigger);
    expect(aws.stored('artifacts', MANIFEST)).toMatchObject({ trigger });
  });
});

describe('there is nothing to do', () => {
  test.each<[string, Partial<Situation>, string]>([
    ['on the input of the champion', { artifacts: { 'champion.json': champion } }, 'run-1'],
    [
      'with the same schema under a new version',
      { schemaVersion: 'v2', artifacts: { 'champion.json': champion } },
      'run-1',
    ],
    [
      'while a challenger is tested, whatever changed',
      { images: { ...images, training: 't2' }, artifacts: { 'challenger.json': challenger } },
      'run-2',
    ],
  ])('%s', async (_, situation, run) => {
    const { changed, reason } = await plan(situation, []);
    expect(changed).toBe(false);
    expect(reason).toContain(run);
  });
});

describe('a rejection of the same input', () => {
  const rejection = { runId: 'run-5', reason: 'too low', champion: null as string | null };

  /** Returns the key under which a rejection of the usual input is kept. */
  async function rejectionKey(): Promise<string> {
    return (await plan({ artifacts: { 'challenger.json': challenger } }, [])).rejectionKey;
  }

  test('counts against the same champion', async () => {
    const artifacts = { [await rejectionKey()]: rejection };
    const { changed, reason } = await plan({ artifacts }, []);
    expect(changed).toBe(false);
    expect(reason).toContain('run-5');
    expect(reason).toContain('too low');
  });

  test.each<[string, Partial<Situation>, Record<string, unknown>]>([
    ['another champion', {}, { ...withChampion, 'champion.json': { ...champion, fingerprint: 'other' } }],
    ['another gate', { gate: { ...gate, confidence: 0.9 } }, {}],
    ['other data', { data: { ...usual.data, 'data/2.csv': 'v2' } }, {}],
  ])('does not count with %s', async (_, changes, artifacts) => {
    const key = await rejectionKey();
    const same = 'champion.json' in artifacts;
    const stored = same ? { [key]: rejection } : {};
    const run = await plan({ ...changes, artifacts: { ...artifacts, ...stored } }, [...WRITES, ...shards(2)]);
    expect(run.changed).toBe(true);
    // Under the same key only what the champion alone decides.
    expect(run.rejectionKey === key).toBe(same);
  });
});

describe('a run is refused', () => {
  test('with an input that is not one, before anything is read', async () => {
    await expect(planned({ ...usual, input: { image: 'x' } })).rejects.toMatchObject({
      name: 'InvalidRunInput',
    });
  });

  test('with a prebuilt image that ECR does not have', async () => {
    const training: PrebuiltReference = {
      ...{ registryId: '210987654321', repositoryName: 'train', repositoryUri: 'registry/train' },
      ...{ id: { imageTag: '9.9' }, field: 'programs.train' },
    };
    await expect(plan({ prebuilt: { training } }, [])).rejects.toMatchObject({
      name: 'ImageUnavailable',
      message: expect.stringMatching(
        /^programs\.train: the image registry\/train:9\.9 does not exist; /,
      ) as string,
    });
  });

  test.each<[string, Partial<Situation>]>([
    ['of Parameter Store', { parameters: { 'training/epoch': '1' } }],
    ['of its input', { input: { hyperparameters: { 'training.epoch': 1 } } }],
  ])('with an unknown hyperparameter %s, before data are read', async (_, changes) => {
    const situation = { ...usual, ...changes };
    parametersRead(situation);
    await expect(planned(situation)).rejects.toMatchObject({
      name: 'InvalidRunInput',
      message: expect.stringContaining('training.epoch') as string,
    });
  });

  test('without data', async () => {
    parametersRead(usual);
    dataRead({ ...usual, data: {} });
    aws.bucket('artifacts', { 'champion.json': null, 'challenger.json': null });
    await expect(planned(usual)).rejects.toMatchObject({ name: 'InvalidData' });
  });

  test('that is forced while a challenger is tested', async () => {
    const situation = { input: { force: true }, artifacts: { 'challenger.json': challenger } };
    await expect(plan(situation, [])).rejects.toMatchObject({ name: 'ChallengerUndecided' });
  });
});
