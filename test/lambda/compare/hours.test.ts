import { captureHours } from '../../../lambda/compare/hours';

test.each([
  ['2026-11-20T23:59:00Z', '2026-11-21T01:00:00Z', ['2026/11/20/23', '2026/11/21/00', '2026/11/21/01']],
  ['2026-11-21T10:05:00Z', '2026-11-21T10:06:00Z', ['2026/11/21/10']],
  ['2026-11-21T10:05:00Z', '2026-11-21T09:06:00Z', []],
])('captured from %s to %s lies in %j', (from, until, hours) => {
  expect(captureHours(new Date(from), new Date(until))).toEqual(hours);
});
