import { ApiError, answerError, API_ERRORS, type ApiErrorCode } from '../../../lambda/inference/errors';

test.each(Object.entries(API_ERRORS))('%s is answered with status %i in the common shape', (code, status) => {
  const answer = answerError(new ApiError(code as ApiErrorCode, 'm', 'f'));
  expect(answer.statusCode).toBe(status);
  expect(JSON.parse(answer.body)).toEqual({ error: { code, message: 'm', field: 'f' } });
});

test('an unknown error does not reveal its message', () => {
  const answer = answerError(new Error('secret'));
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('secret');
});
