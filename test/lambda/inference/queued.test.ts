import type { APIGatewayProxyEvent } from 'aws-lambda';
import { answerLater, fetchAnswer } from '../../../lambda/inference/queued';
import { table } from '../../../lib';
import { type AsyncResult } from '../../../lambda/shared/async-endpoint';

const ACCEPTS = table.api.accepts;
const KIND = 'asynchronous';

const event = (more: object = {}) =>
  ({
    headers: { 'Content-Type': 'text/csv' },
    body: 'a\n1\n',
    isBase64Encoded: false,
    requestContext: { requestId: 'id-1', path: '/v1/predict' },
    ...more,
  }) as unknown as APIGatewayProxyEvent;

test('a request is submitted, and the answer has the URL of its result', async () => {
  const submitted: unknown[] = [];
  const answer = await answerLater(
    { submit: async (...args) => void submitted.push(args) },
    event(),
    ACCEPTS,
    KIND,
  );
  expect(answer).toMatchObject({ statusCode: 202, headers: { location: '/v1/predict/id-1' } });
  expect(JSON.parse(answer.body)).toEqual({ id: 'id-1', status: 'pending', result: '/v1/predict/id-1' });
  expect(submitted).toEqual([['id-1', Buffer.from('a\n1\n'), 'text/csv']]);
});

test('an invalid request is not submitted', async () => {
  const submit = async () => {
    throw new Error('not expected');
  };
  await expect(answerLater({ submit }, event({ body: '' }), ACCEPTS, KIND)).rejects.toMatchObject({
    code: 'InvalidInput',
  });
  await expect(answerLater({ submit }, event({ headers: {} }), ACCEPTS, KIND)).rejects.toMatchObject({
    code: 'UnsupportedMediaType',
  });
});

describe('a result', () => {
  const done = (body: string | Buffer, contentType: string): AsyncResult => ({
    ...{ status: 'done', body: Buffer.from(body as string), contentType },
  });
  const fetch = (result: AsyncResult) =>
    fetchAnswer(
      { result: async () => result },
      event({
        pathParameters: { id: 'id-1' },
        requestContext: { requestId: 'id-2', path: '/v1/predict/id-1' },
      }),
    );

  test('is pending, and then the model’s answer unchanged', async () => {
    expect(await fetch({ status: 'pending' })).toMatchObject({
      statusCode: 202,
      headers: { location: '/v1/predict/id-1' },
    });
    expect(await fetch(done('{"predictions":[]}', 'application/json'))).toMatchObject({
      statusCode: 200,
      body: '{"predictions":[]}',
    });
  });

  test('that is no text is sent as base64, with its type', async () => {
    expect(await fetch(done(Buffer.from([0, 255]), 'image/png'))).toEqual({
      ...{ statusCode: 200, headers: { 'content-type': 'image/png' } },
      ...{ body: 'AP8=', isBase64Encoded: true },
    });
  });

  test('that is a failure, or unknown, is an error', async () => {
    await expect(fetch({ status: 'failed', message: 'bad row' })).rejects.toMatchObject({
      code: 'ModelError',
      message: expect.stringContaining('bad row') as string,
    });
    await expect(fetch({ status: 'unknown' })).rejects.toMatchObject({ code: 'NotFound', field: 'id' });
  });
});
