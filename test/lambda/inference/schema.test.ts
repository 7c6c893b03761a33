import { local } from '../../support/configs';
import { modelFacts } from '../../../lib/config';
import { answerSchema } from '../../../lambda/inference/schema';

describe('GET /schema', () => {
  const encoding = {
    formatVersion: 1,
    label: { kind: 'class', name: 'ill', classes: ['no', 'yes'], counts: [5, 5] },
    features: [
      { name: 'age', type: 'number', missing: 'impute', fill: 40, low: 1, high: 90, min: null, max: null },
    ],
    inputs: [{ kind: 'number', name: 'age', fill: 40 }],
    ignored: ['ill'],
  };
  const bucket = (objects: Record<string, unknown>) => ({
    json: async <T>(key: string) => {
      // The function's role permits no other keys.
      if (!(key in objects)) throw new Error(`AccessDenied: ${key}`);
      return objects[key] as T | null;
    },
  });
  const facts = modelFacts(local);

  test('describes requests and answers of the champion, with an example', async () => {
    const objects = { 'champion.json': { runId: 'run-1' }, 'runs/run-1/schema/encoding.json': encoding };
    const answer = await answerSchema(bucket(objects), facts);
    expect(JSON.parse(answer.body)).toMatchObject({
      modelVersion: 'run-1',
      label: 'ill',
      classes: ['no', 'yes'],
      features: [{ name: 'age', type: 'number' }],
      example: { instances: [{ age: expect.any(Number) as number }] },
    });
  });

  test('describes content types and answers of a model without a table, with a golden request', async () => {
    const request = { contentType: 'text/csv', body: 'a\n1\n', answer: 1 };
    const objects = { 'champion.json': { runId: 'run-1' }, 'runs/run-1/evaluation/golden.json': [request] };
    const data = { check: 'csvHeader', suffixes: null } as const;
    const answer = await answerSchema(bucket(objects), { ...facts, data });
    expect(JSON.parse(answer.body)).toMatchObject({
      modelVersion: 'run-1',
      accepts: [{ contentType: 'application/json' }, { contentType: 'text/csv', schema: null }],
      returns: ['application/json'],
      example: request,
    });
  });

  test('without a champion is unavailable', async () => {
    await expect(answerSchema(bucket({ 'champion.json': null }), facts)).rejects.toMatchObject({
      code: 'EndpointUnavailable',
    });
  });
});
