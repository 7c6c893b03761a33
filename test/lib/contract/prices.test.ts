import { PRICES } from '../../../lib/contract/prices';

test('each price has a source, and the table has a date', () => {
  expect(PRICES.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  for (const { source } of [...Object.values(PRICES.instances), ...Object.values(PRICES.units)])
    expect(source).toMatch(/^https:\/\//);
});
