import { answerError } from '../../../lambda/inference/errors';
import { EndpointAbsent, translate } from '../../../lambda/inference/sagemaker-runtime';

describe('translate', () => {
  const failure = (name: string, fields: object = {}, message = name) =>
    Object.assign(new Error(message), { name, ...fields });
  const fromModel = (status: number, text = '') =>
    failure('ModelError', { OriginalStatusCode: status, OriginalMessage: text });
  const spoken = JSON.stringify({
    error: {
      code: 'InvalidInput',
      message: 'instances[0].area: "x" is not a number',
      field: 'instances[0].area',
    },
  });

  test.each([
    [fromModel(400, spoken), 400],
    [fromModel(413, spoken), 413],
    [fromModel(415, spoken), 415],
    [fromModel(500, 'trace'), 502],
    [fromModel(0), 502],
    [failure('ThrottlingException'), 429],
    [failure('TimeoutError'), 504],
    [failure('ServiceUnavailable'), 503],
    [failure('AccessDeniedException'), 500],
    [failure('TypeError'), 500],
  ])('%s becomes %i', (error, status) => {
    expect(answerError(translate(error)).statusCode).toBe(status);
  });

  test('an endpoint that is not found is absent, for whatever reason', () => {
    const error = failure('ValidationError', {}, 'Endpoint mlops of account 1 not found.');
    expect(translate(error)).toBeInstanceOf(EndpointAbsent);
  });

  test("an error of the caller has the model's message and field", () => {
    const { body } = answerError(translate(fromModel(400, spoken)));
    expect(JSON.parse(body)).toEqual(JSON.parse(spoken));
  });

  test('an error of the model does not reveal its message', () => {
    expect(answerError(translate(fromModel(500, 'secret trace'))).body).not.toContain('secret');
  });
});
