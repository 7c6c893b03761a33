import { LambdaVariable } from '../../../lib/contract/environment';
import { setting } from '../../../lambda/shared/environment';

const SETTINGS = LambdaVariable.Settings;
afterEach(() => delete process.env[SETTINGS]);

test('a setting has the type that the construct gave it', () => {
  process.env[SETTINGS] = JSON.stringify({ keepModels: 5, prefix: '' });
  expect([setting('keepModels'), setting('prefix')]).toEqual([5, '']);
});

// `undefined` would go on as NaN or as the text "undefined".
test('a setting that the construct does not set is an error that names it', () => {
  process.env[SETTINGS] = JSON.stringify({ keepModels: 5 });
  expect(() => setting('days')).toThrow(/"days"/);
});
