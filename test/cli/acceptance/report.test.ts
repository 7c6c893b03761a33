import { acceptanceReport } from '../../../cli/acceptance/report';

test('a report has each verdict with the words that were seen, and no account id', () => {
  const text = acceptanceReport({
    ...{ date: '2026-12-01', pipeline: 'table-dev', account: '111122223333', region: 'eu-west-1' },
    versions: { node: '24.0.0' },
    verdicts: [
      { claim: 'a run trains', result: 'held', seconds: 61.4, seen: 'run-1 deployed' },
      {
        claim: 'it is served',
        result: 'not held',
        seconds: 2,
        seen: 'AccessDenied: arn:aws:iam::111122223333:role/x',
      },
      { claim: 'it is deleted', result: 'not tried', seconds: 0, seen: 'an earlier step failed' },
    ],
    differences: [{ operation: 's3:HeadObject', added: ['ETag: string'], missing: ['VersionId: string'] }],
    left: 'nothing\n',
  });
  expect(text).toContain('1 claims held, 1 did not, 1 were not tried.');
  expect(text).toContain('| a run trains | held | 61 |');
  expect(text).toContain('AccessDenied: arn:aws:iam::<account>:role/x');
  expect(text).toContain('+ ETag: string\n- VersionId: string');
  expect(text).not.toContain('111122223333');
});
