import { setting } from '../../../lambda/shared/environment';
import { setEnvironment } from '../support/fake-clients';

test('a setting has the type that the construct gave it', () => {
  setEnvironment({ SETTINGS: { keepModels: 5, prefix: '' } });
  expect([setting('keepModels'), setting('prefix')]).toEqual([5, '']);
});

// `undefined` would go on as NaN or as the text "undefined".
test('a setting that the construct does not set is an error that names it', () => {
  setEnvironment({ SETTINGS: { keepModels: 5 } });
  expect(() => setting('days')).toThrow(/"days"/);
});
