import { parseFlags } from '../../bench/flags';
import { STRATEGIES } from '../../bench/strategies';

test('flags have defaults, and are checked', () => {
  expect(parseFlags([])).toEqual({ strategies: Object.keys(STRATEGIES), rate: 50, before: 30 });
  expect(parseFlags(['linear', '--rate', '80'])).toMatchObject({ strategies: ['linear'], rate: 80 });
});
