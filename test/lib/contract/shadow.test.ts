import { describeComparison, type ComparisonSummary } from '../../../lib/contract/shadow';

const classes: ComparisonSummary = {
  ...{ champion: 'run-1', challenger: 'run-2', answers: 'classes' },
  ...{ requests: 2, rows: 3, unanswered: 4, errors: 5 },
  ...{ agreement: 2 / 3, difference: { mean: 0.1, max: 0.2 } },
};

test.each<[string, ComparisonSummary, string[]]>([
  ['classes', classes, ['3 rows', '2 requests', '66.67 %', '5 requests', '4']],
  [
    'numbers',
    { ...classes, answers: 'numbers', difference: { mean: 5.45, max: 10 } },
    ['66.67 %', '5.45', '10'],
  ],
])('a comparison of %s is described with its numbers', (_, comparison, facts) => {
  for (const fact of facts) expect(describeComparison(comparison)).toContain(fact);
});

test('without answers no agreement is described', () => {
  const none = { ...classes, requests: 0, rows: 0, agreement: null, difference: null };
  expect(describeComparison(none)).not.toContain('%');
});

test('a comparison that failed has its reason', () => {
  expect(describeComparison({ failure: 'access denied' })).toContain('access denied');
});
