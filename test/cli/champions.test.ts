import type { Champion } from '../../lib/contract/run';
import { rollbackTarget, traceService } from '../../cli/champions';
import { distinctChampions, line } from '../../lib/contract/champion';
import { OperatorError } from '../../cli/errors';

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
    // A rollback to B removes C; later rollbacks never go to C.
    ['ABCB', 'AB'],
    ['ABCBA', 'A'],
    ['ABCBD', 'ABD'],
    // A rollback --to C: C is in the line again.
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
    // In service by a rollback that was interrupted before it was recorded.
    ['ABC', 'A', 'A', 'A'],
  ])('of %s with %s in service, --to %s goes to %s', (recorded, inService, to, expected) => {
    expect(rollbackTarget(records(recorded), `config-${inService}`, to).runId).toBe(expected);
  });

  test.each([
    ['', 'A', undefined, 'champion'],
    ['A', 'A', undefined, '"A"'],
    ['ABA', 'A', undefined, '"A"'],
    ['AB', 'X', undefined, '"config-X"'],
    ['AB', 'B', 'B', '"B"'],
    ['AB', 'B', 'Z', '--to is "Z"'],
  ])('of %s with %s in service, --to %s is refused', (recorded, inService, to, value) => {
    const target = () => rollbackTarget(records(recorded), `config-${inService}`, to);
    expect(target).toThrow(OperatorError);
    expect(target).toThrow(value);
  });

  test('the periods in service of a model, and what replaced it', () => {
    expect(traceService(records('ABA'), 'A')).toEqual([
      { from: '2026-01-01T10:00Z', until: '2026-01-01T11:00Z', replacedBy: 'B' },
      { from: '2026-01-01T12:00Z', until: null, replacedBy: null },
    ]);
    expect(traceService(records('AB'), 'C')).toEqual([]);
  });
});
