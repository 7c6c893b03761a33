import { PricingClient } from '@aws-sdk/client-pricing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { hourlyPrice, refreshed } from '../../../cli/cost/refresh';
import { PRICES, type PriceTable } from '../../../lib/contract/prices';

interface Asked {
  ServiceCode: string;
  Filters: { Type: string; Field: string; Value: string }[];
  NextToken?: string;
}

/** An entry as the price list has it: JSON within JSON, prices as text. */
function product(component: string, USD: string, unit = 'Hrs'): string {
  return JSON.stringify({
    product: {
      productFamily: 'ML Instance',
      attributes: { servicecode: 'AmazonSageMaker', instanceName: 'ml.m5.large', component },
      sku: component,
    },
    serviceCode: 'AmazonSageMaker',
    terms: {
      OnDemand: {
        [`${component}.JRTCKXETXF`]: {
          priceDimensions: {
            [`${component}.JRTCKXETXF.6YS6EN2CT7`]: {
              unit,
              beginRange: '0',
              endRange: 'Inf',
              pricePerUnit: { USD },
            },
          },
          offerTermCode: 'JRTCKXETXF',
        },
      },
      Reserved: {},
    },
    version: '20260101000000',
  });
}

/** Two pages of one type, and nothing of any other. */
const PAGES = [
  { PriceList: [product('Training', '0.1150000000')], NextToken: 'second' },
  { PriceList: [product('Hosting', '0.1200000000'), product('Storage', '9', 'GB-Mo')] },
];

const asked: Asked[] = [];
let server: Server;
let client: PricingClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const question = JSON.parse(body) as Asked;
      asked.push(question);
      const known = question.Filters.some(({ Value }) => Value === 'ml.m5.large');
      const page = known ? PAGES[question.NextToken === 'second' ? 1 : 0] : { PriceList: [] };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ FormatVersion: 'aws_v1', ...page }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  client = new PricingClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
  });
});
afterAll(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const { 'ml.m5.large': large, 'ml.t3.medium': medium } = PRICES.instances;
const table: PriceTable = {
  ...PRICES,
  date: '2026-01-01',
  instances: { 'ml.m5.large': large!, 'ml.t3.medium': medium! },
};

describe('the price list', () => {
  test('is read by type and region, page by page; the highest hourly price is kept with its date', async () => {
    const { table: fresh, missing } = await refreshed(table, ['ml.new.large'], '2026-02-03', client);
    expect(fresh.date).toBe('2026-02-03');
    expect(fresh.instances['ml.m5.large']).toMatchObject({ hour: 0.12, checked: true, asOf: '2026-02-03' });
    expect(asked.filter(({ NextToken }) => NextToken === 'second')).toHaveLength(1);
    for (const { ServiceCode, Filters } of asked) {
      expect(ServiceCode).toBe('AmazonSageMaker');
      expect(Filters.map(({ Type, Field }) => `${Type} ${Field}`)).toEqual([
        'TERM_MATCH instanceName',
        'TERM_MATCH regionCode',
      ]);
    }
    // A type that is not in it keeps its price, and is reported.
    expect(missing).toEqual(['ml.t3.medium', 'ml.new.large']);
    expect(fresh.instances['ml.t3.medium']).toEqual(medium);
    expect(fresh.instances).not.toHaveProperty('ml.new.large');
  });

  test('without any of the types keeps the table’s date', async () => {
    const old = { ...table, instances: { 'ml.t3.medium': medium! } };
    expect(await refreshed(old, [], '2026-02-03', client)).toEqual({ table: old, missing: ['ml.t3.medium'] });
  });
});

test('only the highest hourly price counts', () => {
  const product = (unit: string, USD: string) =>
    JSON.stringify({
      terms: { OnDemand: { a: { priceDimensions: { b: { unit, pricePerUnit: { USD } } } } } },
    });
  expect(hourlyPrice([product('Hrs', '0.1'), product('hours', '0.2'), product('GB', '9')])).toBe(0.2);
  expect(hourlyPrice([product('Hrs', '0'), '{}'])).toBeUndefined();
});
