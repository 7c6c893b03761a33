import { compareSplits } from '../../../lambda/check-data/split-checks';
import { schema } from './shard-reports';

test.each([
  [{}, {}, undefined],
  [{ label: 'other' }, {}, undefined],
  [
    {},
    { id: 'customer' },
    /split by the id "customer", those of the champion were split by where they stand/,
  ],
  [
    { id: 'customer' },
    { split: { by: 'time', column: 'seen' } },
    /split by the time in "seen", .* by the id "customer"/,
  ],
])('a champion of schema %j beside %j is told to know the holdout perhaps', (before, now, warning) => {
  const warnings = compareSplits(schema(before), schema(now));
  if (warning) expect(warnings).toEqual([expect.stringMatching(warning)]);
  else expect(warnings).toEqual([]);
});
