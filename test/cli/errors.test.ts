import { exitCodeOf } from '../../cli/errors';

test.each([
  ['deployed', 0],
  ['nothing-to-do', 0],
  ['rejected', 2],
  ['aborted', 3],
  ['failed', 1],
  ['anything else', 1],
])('the decision %s is exit code %d', (decision, code) => expect(exitCodeOf(decision)).toBe(code));
