import { ListObjectsV2Command, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { Encoding } from '../../../containers/table/encoding';
import { fakeClients, setEnvironment } from '../support/fake-clients';
import { MANIFEST } from '../support/approval-question';
import { report, schemaText } from './shard-reports';

setEnvironment({ ARTIFACTS_BUCKET: 'artifacts', DATA_BUCKET: 'data', DATA_PREFIX: 'data/' });
let handler: typeof import('../../../lambda/check-data').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/check-data/index.ts')));

const aws = fakeClients();
const RUN = 'runs/run-1/';
const REPORTS = 'preprocessed/run-1/report/';
const ENCODING = `${RUN}schema/encoding.json`;
const request = { runId: 'run-1', maxBadRowFraction: 0 };
const pinned = [{ key: 'data/a.csv', versionId: '1', size: 1 }];

/** @param versionId current version of the one data object */
function run(changes: Readonly<Record<string, unknown>>, writes: string[], versionId = '1'): void {
  const Contents = [{ Key: `${REPORTS}0.json` }, { Key: `${REPORTS}1.json` }];
  aws.expect(ListObjectsV2Command, { Bucket: 'artifacts', Prefix: REPORTS }, { Contents });
  const Versions = [{ Key: 'data/a.csv', VersionId: versionId, Size: 1, IsLatest: true }];
  aws.expect(ListObjectVersionsCommand, { Bucket: 'data', Prefix: 'data/' }, { Versions });
  const objects = {
    [`${RUN}manifest.json`]: { ...MANIFEST, data: pinned, champion: null },
    [`${RUN}schema/schema.json`]: schemaText(),
    [`${REPORTS}0.json`]: report(),
    [`${REPORTS}1.json`]: report(),
    ...changes,
  };
  aws.bucket('artifacts', objects, writes);
}

test('the reports are added up, and the encoding is stored', async () => {
  run({}, [ENCODING]);
  expect(await handler(request)).toEqual({
    rows: { train: 120, validation: 40, test: 40 },
    ...{ rejected: 0, note: '', warnings: [] },
  });
  const encoding = aws.stored('artifacts', ENCODING) as Encoding;
  expect(encoding.label).toMatchObject({ name: 'kind', classes: ['x', 'y'], counts: [60, 60] });
});

test('a champion whose rows were split in another way is a warning', async () => {
  const changes = {
    [`${RUN}manifest.json`]: { ...MANIFEST, data: pinned, champion: 'run-0' },
    'runs/run-0/schema/schema.json': schemaText({ id: 'customer' }),
  };
  run(changes, [ENCODING]);
  expect((await handler(request)).warnings).toEqual([expect.stringContaining('"customer"')]);
});

test.each([
  ['an object changed during the run', 'DataChanged', {}, '2'],
  ['too many rows were set aside', 'InvalidData', { [`${REPORTS}1.json`]: report({ rejected: 5 }) }, '1'],
  ['the schema has faults', 'InvalidData', { [`${RUN}schema/schema.json`]: '{}' }, '1'],
])('%s: the handler fails with %s and stores no encoding', async (_, name, changes, version) => {
  run(changes, [], version);
  await expect(handler({ ...request })).rejects.toMatchObject({ name });
});
