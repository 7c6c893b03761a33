import type { GatewayResponseType } from '@aws-sdk/client-api-gateway';
import { BodyValidator } from '../../../src/services/apigateway/control/body-validator';
import { GatewayFailure } from '../../../src/services/apigateway/front/gateway-failure';
import { gatewayResponse } from '../../../src/services/apigateway/front/gateway-response';
import { isBinary } from '../../../src/services/apigateway/front/proxy-event';
import { findRoute } from '../../../src/services/apigateway/front/routes';
import { TokenBuckets, type Rate } from '../../../src/services/apigateway/control/throttle';
import { periodStart } from '../../../src/services/apigateway/front/usage';
import { substitute } from '../../../src/services/apigateway/front/variables';
import type { GatewayResponse, Method, Resource } from '../../../src/services/apigateway/control/state';

describe('routes', () => {
  const paths = ['/', '/a', '/a/{id}', '/a/special', '/{any}/b', '/{rest+}'];
  const resources = Object.fromEntries(
    paths.map((path): [string, Resource] => {
      const method = { httpMethod: path === '/a' ? 'GET' : 'ANY' } as Method;
      return [path, { id: path, path, methods: { [method.httpMethod]: method } }];
    }),
  );

  test.each([
    ['GET /', '/', {}],
    ['GET /a', '/a', {}],
    ['POST /a', undefined, undefined],
    ['GET /a/1', '/a/{id}', { id: '1' }],
    ['GET /a/special', '/a/special', {}],
    ['GET /a/b', '/a/{id}', { id: 'b' }],
    ['GET /x/b', '/{any}/b', { any: 'x' }],
    ['PUT /x/y/z', '/{rest+}', { rest: 'x/y/z' }],
  ])('%s is routed to %s', (request, path, parameters) => {
    const [method = '', location = ''] = request.split(' ');
    const route = findRoute(resources, method, location);
    expect([route?.resource.path, route?.pathParameters]).toEqual([path, parameters]);
  });
});

describe('token buckets', () => {
  const one = { burstLimit: 1, rateLimit: 1 };

  /** `at+`: a request at this millisecond is granted; `at-`: refused. */
  test.each<[string, Rate, string]>([
    ['a burst at once', { burstLimit: 2, rateLimit: 1 }, '0+ 0+ 0-'],
    ['a token a second', one, '0+ 999- 1000+'],
    ['no more than the burst after a pause', one, '0+ 60000+ 60000-'],
    ['fractions of a token', { burstLimit: 1, rateLimit: 0.5 }, '0+ 1000- 2000+'],
    ['no tokens', { burstLimit: 0, rateLimit: 0 }, '0- 9000-'],
    ["a burst limit at the account's rate", { burstLimit: 1 }, '0+ 0- 1+'],
    ["a rate with the account's burst", { rateLimit: 1 }, '0+ 0+ 0+'],
    ['a clock that is set back', one, '5000+ 0-'],
  ])('%s', (_, rate, expected) => {
    const buckets = new TokenBuckets();
    const times = expected.split(' ').map((word) => parseInt(word, 10));
    expect(times.map((at) => `${at}${buckets.take('x', rate, at) ? '+' : '-'}`).join(' ')).toBe(expected);
  });
});

test.each([
  ['DAY', '2026-11-20'],
  ['WEEK', '2026-11-15'],
  ['MONTH', '2026-11-01'],
] as const)('a quota of a %s starts at %s', (period, since) => {
  expect(periodStart(period, Date.parse('2026-11-20T23:59:59Z'))).toBe(since);
});

test.each([
  ['$context.requestId', 'r-1'],
  ['$context.identity.sourceIp.', '127.0.0.1.'],
  ['"$context.missing"', '"-"'],
  ['$stageVariables.colour $context.colour', 'blue -'],
  ['$context.quoted', 'a "b"'],
  ['context.requestId $ctx.requestId', 'context.requestId $ctx.requestId'],
])('%s becomes %s', (template, text) => {
  const context = { requestId: 'r-1', identity: { sourceIp: '127.0.0.1' }, quoted: 'a "b"' };
  expect(substitute(template, { context, stageVariables: { colour: 'blue' } }, '-')).toBe(text);
});

test.each<[string | undefined, string[], boolean]>([
  ['image/png', ['image/png'], true],
  ['IMAGE/PNG; q=1', ['image/*'], true],
  ['text/csv', ['image/*'], false],
  ['text/csv', ['*/*'], true],
  ['text/html, image/png', ['image/png'], false],
  [undefined, ['image/png'], false],
])('%s is one of %s: %s', (mediaType, types, binary) => {
  expect(isBinary(mediaType, types)).toBe(binary);
});

describe('models', () => {
  const schema = (value: object) => ({ schema: JSON.stringify(value) });
  const validator = new BodyValidator('abc', {
    Row: schema({
      type: 'object',
      required: ['a', 'b'],
      properties: { a: { type: 'number', minimum: 0, exclusiveMinimum: true } },
    }),
    Rows: schema({
      type: 'array',
      items: { $ref: 'https://apigateway.amazonaws.com/restapis/abc/models/Row' },
    }),
  });

  test.each<[string, string, string[]]>([
    ['Row', '{"a":1,"b":2}', []],
    [
      'Row',
      '{"a":"x","b":2}',
      ['instance type does not match any allowed primitive type (allowed: ["number"]) at /a'],
    ],
    [
      'Row',
      '{}',
      ['object has missing required properties (["a"])', 'object has missing required properties (["b"])'],
    ],
    ['Row', '{"a":0,"b":1}', ['must be > 0 at /a']],
    ['Row', 'nonsense', ['unable to parse the body as JSON']],
    ['Rows', '[{"a":1}]', ['object has missing required properties (["b"]) at /0']],
    ['Empty', '[]', []],
  ])('%s for %s', (model, body, problems) => {
    expect(validator.problems(model, body)).toEqual(problems);
  });
});

describe('gateway responses', () => {
  const request = {
    ...{
      method: 'GET',
      path: '/',
      sentPath: '/',
      sourceIp: '127.0.0.1',
      protocol: 'HTTP/1.1',
      query: new URLSearchParams('q=1'),
      search: 'q=1',
    },
    headers: [
      ['Accept', 'text/html'],
      ['Origin', 'http://here'],
    ] as const,
    body: async () => Buffer.alloc(0),
  };
  const variables = { context: { requestId: 'r-1' }, stageVariables: {} };

  const answer = (
    failure: GatewayFailure,
    custom: Partial<Record<GatewayResponseType, Partial<GatewayResponse>>>,
  ) => {
    const gatewayResponses = Object.fromEntries(
      Object.entries(custom).map(([responseType, response]) => [
        responseType,
        {
          responseType: responseType as GatewayResponseType,
          responseParameters: {},
          responseTemplates: {},
          ...response,
        },
      ]),
    );
    const { status, headers, body } = gatewayResponse(failure, { gatewayResponses }, request, variables);
    return { status, headers, text: body.toString('utf8') };
  };

  const invalid = new GatewayFailure('BAD_REQUEST_BODY', { validationErrors: ['no "a"', 'no "b"'] });

  test('without customisation the response is a message in JSON', () => {
    expect(answer(invalid, {})).toEqual({
      status: 400,
      headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'BadRequestException' },
      text: '{"message":"Invalid request body"}',
    });
  });

  test("the type's own response takes precedence over the default of its class, which keeps the status that it does not set", () => {
    const custom = {
      DEFAULT_4XX: { responseTemplates: { 'application/json': 'default' } },
      BAD_REQUEST_BODY: { statusCode: '422' },
    };
    expect(answer(invalid, custom)).toMatchObject({
      status: 422,
      text: '{"message":"Invalid request body"}',
    });
    expect(answer(new GatewayFailure('THROTTLED'), custom)).toMatchObject({ status: 429, text: 'default' });
    expect(answer(new GatewayFailure('INTEGRATION_TIMEOUT'), custom)).toMatchObject({ status: 504 });
  });

  test('variables are inserted without escaping', () => {
    const template =
      '$context.error.message|$context.error.messageString|$context.error.responseType|$context.error.validationErrorString|$context.requestId|$context.nothing';
    const { text } = answer(invalid, {
      BAD_REQUEST_BODY: { responseTemplates: { 'application/json': template } },
    });
    expect(text).toBe('Invalid request body|"Invalid request body"|BAD_REQUEST_BODY|[no "a", no "b"]|r-1|');
  });

  test('the template of the accepted type is used, and headers are mapped', () => {
    const custom = {
      responseTemplates: { 'application/json': '{}', 'text/html': '<p>' },
      responseParameters: {
        'gatewayresponse.header.X-Literal': "'a b'",
        'gatewayresponse.header.X-Context': 'context.requestId',
        'gatewayresponse.header.X-Header': 'method.request.header.Origin',
        'gatewayresponse.header.X-Query': 'method.request.querystring.q',
        'gatewayresponse.header.X-Absent': 'method.request.querystring.z',
      },
    };
    const { headers, text } = answer(invalid, { BAD_REQUEST_BODY: custom });
    expect(text).toBe('<p>');
    expect(headers).toEqual({
      ...{ 'Content-Type': 'text/html', 'x-amzn-ErrorType': 'BadRequestException' },
      ...{ 'X-Literal': 'a b', 'X-Context': 'r-1', 'X-Header': 'http://here', 'X-Query': '1' },
    });
  });
});
