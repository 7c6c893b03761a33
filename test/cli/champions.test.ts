import type { Champion } from '../../lib/contract/run';
import { distinctChampions, line, rollbackTarget, traceService } from '../../cli/champions';

describe('champions', () => {
  const champion = (runId: string, hour: number) =>
    ({ runId, endpointConfigName: `config-${runId}`, deployedAt: `2026-01-01T${10 + hour}:00Z` }) as Champion;
  /** @param ids oldest first, as they were recorded */
  const records = (ids: string) => [...ids].map(champion).reverse();
  const ids = (champions: readonly Champion[]) => champions.map(({ runId }) => runId).join('');

  test.each([
    ['', ''],
    ['A', 'A'],
    ['ABC', 'ABC'],
    // Back to B: C is taken back, and what follows never leads to it again.
    ['ABCB', 'AB'],
    ['ABCBA', 'A'],
    ['ABCBD', 'ABD'],
    // Somebody named C: it is in the line once more.
    ['ABCBC', 'ABC'],
  ])('of the records %s the line is %s', (recorded, expected) => {
    expect(ids(line(records(recorded)))).toBe(expected);
  });

  test('each is listed once, by its newest record', () => {
    expect(distinctChampions(records('ABA')).map(({ deployedAt }) => deployedAt)).toEqual([
      '2026-01-01T12:00Z',
      '2026-01-01T11:00Z',
    ]);
  });

  test.each([
    ['AB', 'B', undefined, 'A'],
    ['ABCB', 'B', undefined, 'A'],
    ['ABC', 'C', 'A', 'A'],
    // Put into service by a rollback that was cut short before it was recorded.
    ['ABC', 'A', 'A', 'A'],
  ])('of %s with %s in service, --to %s goes to %s', (recorded, inService, to, expected) => {
    expect(rollbackTarget(records(recorded), `config-${inService}`, to).runId).toBe(expected);
  });

  test.each([
    ['', 'A', undefined, /no champion is recorded/],
    ['A', 'A', undefined, /no champion before "A"/],
    ['ABA', 'A', undefined, /no champion before "A"/],
    ['AB', 'X', undefined, /serves configuration "config-X", which is not the champion's, config-B/],
    ['AB', 'B', 'B', /"B" is in service already/],
    ['AB', 'B', 'Z', /--to is "Z", which was never a champion/],
  ])('of %s with %s in service, --to %s is refused', (recorded, inService, to, message) => {
    expect(() => rollbackTarget(records(recorded), `config-${inService}`, to)).toThrow(message);
  });

  test('lineage says when a model served, and what replaced it', () => {
    expect(traceService(records('ABA'), 'A')).toEqual([
      { from: '2026-01-01T10:00Z', until: '2026-01-01T11:00Z', replacedBy: 'B' },
      { from: '2026-01-01T12:00Z', until: null, replacedBy: null },
    ]);
    expect(traceService(records('AB'), 'C')).toEqual([]);
  });
});
