import { exitCodeOf, explain } from '../../cli/errors';

test.each([
  ['deployed', 0],
  ['nothing-to-do', 0],
  ['rejected', 2],
  ['aborted', 3],
  ['failed', 1],
  ['anything else', 1],
])('a run that ended as %s is exit code %d', (decision, code) => expect(exitCodeOf(decision)).toBe(code));

test.each([
  [new Error('Region is missing'), /^AWS_REGION is not set; set it/],
  [
    Object.assign(new Error('no\n  way'), { name: 'AccessDeniedException' }),
    /^AccessDeniedException: no way$/,
  ],
  [Object.assign(new Error(''), { name: 'CredentialsProviderError' }), /no AWS credentials/],
])('%s is one line', (error, message) => expect(explain(error)).toMatch(message));
