import { request } from 'node:http';
import { S3 } from '@aws-sdk/client-s3';
import { OwnHosts } from '../../src/core/foreign-requests';
import { s3 } from '../../src/services/s3';
import { testCloud, type TestCloud } from '../support/test-cloud';

const own = new OwnHosts((name) => name === 'api.example.com');
own.addRelay('172.30.0.1');

test.each([
  [{ host: '127.0.0.1:8787' }],
  [{ host: 'localhost' }],
  [{ host: '[::1]:8787', origin: 'http://[::1]:3000' }],
  [{ host: 'LOCALHOST:1', origin: 'http://app.localhost:3000' }],
  [{ host: 'bucket.s3.us-east-1.amazonaws.com' }],
  [{ host: '172.30.0.1:41000' }],
  [{ host: 'api.example.com', origin: 'https://api.example.com' }],
])('%j is a request to this machine, and no page of another site can send it', (headers) => {
  expect(own.refusal(headers)).toBeUndefined();
});

test.each([
  [{ host: 'attacker.example' }, "Host is 'attacker.example'; must be 127.0.0.1, localhost"],
  [{ host: 'attacker.example:8787' }, 'Host is'],
  [{ host: '127.0.0.1.attacker.example' }, 'Host is'],
  [{ host: 'amazonaws.com.attacker.example' }, 'Host is'],
  [{ host: '10.0.0.7' }, 'Host is'],
  [{ host: '' }, "Host is ''"],
  [{}, 'Host is'],
  [{ host: '127.0.0.1', origin: 'https://attacker.example' }, "Origin is 'https://attacker.example'"],
  [{ host: '127.0.0.1', origin: 'null' }, "Origin is 'null'"],
  [{ host: '127.0.0.1', origin: 'http://localhost.attacker.example' }, 'Origin is'],
])('%j is refused', (headers, reason) => {
  expect(own.refusal(headers)).toContain(reason);
});

describe('the endpoint of all services', () => {
  let here: TestCloud;
  beforeAll(async () => (here = await testCloud([s3])));
  afterAll(() => here.close());

  test.each([[{ host: 'attacker.example' }], [{ origin: 'https://attacker.example' }]])(
    'writes nothing for a request with %j',
    async (headers) => {
      const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
        const outgoing = request(`${here.client.endpoint}/stolen`, { method: 'PUT', headers }, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve({ status: response.statusCode!, text }));
        });
        outgoing.on('error', reject).end();
      });
      expect(answer).toEqual({ status: 403, text: expect.stringContaining('attacker.example') as string });
      const { Buckets } = await new S3(here.client).listBuckets();
      expect(Buckets).toEqual([]);
    },
  );
});
