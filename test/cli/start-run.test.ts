import { executionArnOf } from '../../cli/execution';
import { checkRunName } from '../../cli/start-run';
import { runName } from '../../lib/contract/names';

describe('names of runs', () => {
  test('a name from the time is valid in Step Functions', () => {
    const name = runName(new Date('2026-11-20T15:17:25.910Z'));
    expect(name).toBe('run-20261120151725910');
    expect(checkRunName(name)).toBe(name);
    expect(executionArnOf('arn:aws:states:eu-west-1:1:stateMachine:M', name)).toBe(
      'arn:aws:states:eu-west-1:1:execution:M:run-20261120151725910',
    );
  });

  test.each(['', 'a b', 'a/b', 'x'.repeat(81)])('%j is refused', (name) => {
    expect(() => checkRunName(name)).toThrow(`--name is "${name}"`);
  });
});
