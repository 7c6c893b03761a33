import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { changed, json, text, written } from '../support/fuzz';
import type { Framing, RawRequest } from './raw-client';

/** Stands in bodies only: nothing that a log holds may contain it. */
export const MARK = 'p4yl0ad-0f-a-cl1ent';

const marked = fc.oneof(
  text,
  fc.string({ maxLength: 12 }).map((end) => `${MARK}${end}`),
);
const value = fc.oneof(
  json,
  marked,
  fc.dictionary(marked, marked, { maxKeys: 2 }),
  fc.array(marked, { maxLength: 2 }),
);

/** Largest body of the endpoint, and of API Gateway, bytes. */
const LIMITS = [6_291_456, 10_485_760];

interface Content {
  readonly type: string;
  readonly body: Buffer;
}

type Encode = (content: { readonly type: string; readonly body: string }) => Content;
const as = (encode: Encode) => fc.constant(encode);

/** Requests to the API, most of them bad in one way. @param golden body of a good one */
export function badRequests(golden: string, key: string): fc.Arbitrary<RawRequest> {
  const valid = JSON.parse(golden) as { instances: Record<string, unknown>[] };
  const names = Object.keys(valid.instances[0]!);
  const csv = valid.instances.map((row) => Object.values(row).join(',')).join('\n');
  const csvNamed = `${names.join(',')}\n${csv}`;
  const damaged = (content: string) =>
    fc
      .tuple(fc.nat(content.length), fc.nat(40), marked)
      .map(([at, cut, put]) => content.slice(0, at) + put + content.slice(at + cut));
  const first = golden.search(/[\d.]+[,}]/);
  const number = (written: string) =>
    golden.slice(0, first) + written + golden.slice(first).replace(/^[\d.]+/, '');

  const jsonText = fc.oneof(
    fc.constant(golden),
    changed(valid, value).map(written),
    value.map((instances) => written({ instances })),
    damaged(golden),
    fc
      .constantFrom('1e400', '-1e999', '1e39', 'NaN', 'Infinity', '0x10', '01', '9'.repeat(400), '1e', '- 1')
      .map(number),
    fc
      .constantFrom(50, 5_000, 200_000)
      .map((levels) => `{"instances":${'['.repeat(levels)}${']'.repeat(levels)}}`),
    fc.constantFrom(50, 50_000).map((levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`),
    fc.constantFrom('', ' ', '\0', '{}', '[]', 'null', '"', '{"instances":[]}', '{"instances":[{}]}'),
    marked,
  );
  const csvText = fc.oneof(fc.constantFrom(csv, csvNamed), damaged(csv), damaged(csvNamed), marked);
  const contents = fc.oneof(
    { weight: 6, arbitrary: jsonText.map((body) => ({ type: 'application/json', body })) },
    { weight: 3, arbitrary: csvText.map((body) => ({ type: 'text/csv', body })) },
    { weight: 1, arbitrary: csvText.map((body) => ({ type: 'text/csv; header=present', body })) },
    { weight: 1, arbitrary: fc.tuple(headerText, jsonText).map(([type, body]) => ({ type, body })) },
  );
  const encodings: fc.Arbitrary<Encode> = fc.oneof(
    { weight: 8, arbitrary: as(({ type, body }) => ({ type, body: Buffer.from(body) })) },
    as(({ type, body }) => ({ type, body: Buffer.from(body, 'latin1') })),
    as(({ type, body }) => ({
      type: `${type}; charset=utf-16`,
      body: Buffer.from(body, 'utf16le'),
    })),
    as(({ type, body }) => ({ type, body: Buffer.from(`\ufeff${body}`) })),
    as(({ type, body }) => ({ type, body: gzipSync(body) })),
    as(({ type, body }) => ({ type, body: Buffer.from(Buffer.from(body).toString('base64')) })),
  );
  const large = fc
    .tuple(fc.constantFrom(...LIMITS), fc.integer({ min: -1, max: 1 }), fc.boolean())
    .map(([limit, more, isRows]) => ({
      type: 'text/csv',
      body: isRows ? manyRows(csv, limit) : Buffer.alloc(limit + more, `${MARK},`),
    }));
  const content = fc.oneof(
    { weight: 300, arbitrary: fc.tuple(contents, encodings).map(([given, encode]) => encode(given)) },
    { weight: 1, arbitrary: large },
  );
  const own = fc.constantFrom<(readonly [string, string])[]>(
    ...Array.from({ length: 12 }, () => [['x-api-key', key] as const]),
    [],
    [['x-api-key', key.slice(1)]],
    [['X-API-KEY', '']],
    [
      ['x-api-key', 'wrong'],
      ['x-api-key', key],
    ],
  );
  const more = fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    fc
      .constantFrom('gzip', 'br', 'identity', 'deflate, gzip')
      .map((name) => [['content-encoding', name] as const]),
    headerText.map((accept) => [['accept', accept] as const]),
    fc.tuple(fc.stringMatching(/^x-[a-z]{1,8}$/), headerText).map((one) => [one]),
  );
  const target = fc.oneof(
    { weight: 12, arbitrary: fc.constant(['POST', '/predict'] as const) },
    fc.tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'),
      fc.constantFrom(
        ...['/predict', '/schema', '/predict/', '/predict?a=%', '//predict', '/predict/x', '/%2e%2e/schema'],
      ),
    ),
  );
  const framing = fc.constantFrom<Framing>(
    ...Array.from({ length: 8 }, () => 'length' as const),
    ...(['chunked', 'slow', 'truncated', 'surplus', 'badChunk'] as const),
  );
  return fc
    .tuple(target, content, own, more, framing)
    .map(([[method, path], { type, body }, keys, others, how]) => ({
      method,
      path,
      headers: [...(type === '' ? [] : [['content-type', type] as const]), ...keys, ...others],
      body,
      framing: how,
    }));
}

/** What a header may hold. */
const headerText = fc.oneof(
  fc.stringMatching(/^[ -~]{0,30}$/),
  fc.constantFrom(
    '',
    '*/*',
    'text/plain',
    'application/xml',
    'application/json;charset=latin1',
    'image/png',
    'x'.repeat(4_000),
  ),
);

/** Rows up to a size: the answer to them is larger than any may be. */
function manyRows(row: string, bytes: number): Buffer {
  const line = `${row.split('\n')[0]!}\n`;
  return Buffer.from(line.repeat(Math.floor(bytes / line.length)));
}
