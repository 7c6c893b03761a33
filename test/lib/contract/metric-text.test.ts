import { showNumber } from '../../../lib/contract/metric-text';

test.each([
  [0, '0'],
  [12, '12'],
  [0.91234, '0.9123'],
  [-0.00005, '-0.00005'],
  [1.2345e-8, '1.23e-8'],
  [1234.5678, '1234.57'],
])('messages show %d as %s', (value, text) => expect(showNumber(value)).toBe(text));
