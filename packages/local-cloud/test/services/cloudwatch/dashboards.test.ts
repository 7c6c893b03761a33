import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { testCloud, type TestCloud } from '../../support/test-cloud';

let here: TestCloud;
let client: CloudWatch;
beforeEach(async () => {
  here = await testCloud([cloudwatch], { authorizer: policyAuthorizer });
  client = new CloudWatch(here.client);
});
afterEach(() => here.close());

const widget = (change: object = {}, properties: object = {}) => ({
  ...{ type: 'metric', x: 0, y: 0, width: 12, height: 6 },
  properties: { region: 'us-east-1', view: 'timeSeries', metrics: [['App', 'Errors']], ...properties },
  ...change,
});
const put = (body: unknown, DashboardName = 'app') =>
  client.putDashboard({
    DashboardName,
    DashboardBody: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('a dashboard is stored unchanged, kept after a restart, listed with its size, and deleted', async () => {
  const body = { start: '-P28D', widgets: [widget(), { type: 'text', properties: { markdown: '# hi' } }] };
  expect((await put(body)).DashboardValidationMessages ?? []).toEqual([]);
  await here.restart();
  client = new CloudWatch(here.client);
  const found = await client.getDashboard({ DashboardName: 'app' });
  expect(found.DashboardArn).toBe('arn:aws:cloudwatch::123456789012:dashboard/app');
  expect(JSON.parse(found.DashboardBody!)).toEqual(body);
  const { DashboardEntries } = await client.listDashboards({ DashboardNamePrefix: 'a' });
  expect(DashboardEntries).toMatchObject([
    { DashboardName: 'app', Size: Buffer.byteLength(JSON.stringify(body)), LastModified: expect.any(Date) },
  ]);
  await client.deleteDashboards({ DashboardNames: ['app'] });
  await expect(client.getDashboard({ DashboardName: 'app' })).rejects.toMatchObject({
    name: 'ResourceNotFound',
  });
});

test.each([
  ['no JSON', '{', '', 'must be a valid JSON'],
  ['no widgets', {}, '', "required property 'widgets'"],
  ['an end without a start', { end: '2030-01-01T00:00:00Z', widgets: [] }, '', 'property start'],
  ['an unknown type', { widgets: [widget({ type: 'pie' })] }, '/widgets/0/type', 'allowed values'],
  ['too wide a widget', { widgets: [widget({ width: 25 })] }, '/widgets/0/width', '<= 24'],
  ['no metrics', { widgets: [widget({}, { metrics: undefined })] }, '/widgets/0/properties', "'metrics'"],
  ['no region', { widgets: [widget({}, { region: undefined })] }, '/widgets/0/properties', "'region'"],
  [
    'a metric that is not a list',
    { widgets: [widget({}, { metrics: ['App'] })] },
    '/widgets/0/properties/metrics/0',
    'Should be array',
  ],
  [
    'a dimension without a value',
    { widgets: [widget({}, { metrics: [['App', 'Errors', 'Stage']] })] },
    '/widgets/0/properties/metrics/0',
    'a value for each dimension',
  ],
])('a body with %s is refused with its path', async (_, body, DataPath, words) => {
  const refusal = await put(body).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    name: 'DashboardInvalidInputError',
    dashboardValidationMessages: expect.arrayContaining([
      { DataPath, Message: expect.stringContaining(words) },
    ]),
  });
  await expect(client.getDashboard({ DashboardName: 'app' })).rejects.toMatchObject({
    name: 'ResourceNotFound',
  });
});

test('an invalid name is refused, and all dashboards to delete must exist', async () => {
  await expect(put({ widgets: [] }, 'a b')).rejects.toMatchObject({ name: 'DashboardInvalidInputError' });
  await put({ widgets: [] });
  await expect(client.deleteDashboards({ DashboardNames: ['app', 'gone'] })).rejects.toMatchObject({
    name: 'ResourceNotFound',
  });
  expect((await client.listDashboards({})).DashboardEntries).toHaveLength(1);
});
