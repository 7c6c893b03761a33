import { compareSplits } from '../../../lambda/check-data/split-checks';
import { schema } from './shard-reports';

test.each([
  [{}, {}, undefined],
  [{ label: 'other' }, {}, undefined],
  [{}, { id: 'customer' }, /"customer"/],
  [{ id: 'customer' }, { split: { by: 'time', column: 'seen' } }, /"seen".*"customer"/],
])('the splits of a champion with schema %j and of %j are compared', (before, now, warning) => {
  const warnings = compareSplits(schema(before), schema(now));
  if (warning) expect(warnings).toEqual([expect.stringMatching(warning)]);
  else expect(warnings).toEqual([]);
});
