import { refusal } from '../../../cli/commands/predict';

test("an answer that is not the API's own is repeated", () => {
  expect(refusal(400, '{"error":{"code":"InvalidInput","message":"no"}}')).toBe(
    'the API answered 400 InvalidInput: no',
  );
  expect(refusal(502, '<html>')).toBe('the API answered 502: <html>');
});
