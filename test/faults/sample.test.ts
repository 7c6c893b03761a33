import { Matrix } from './matrix';
import { realtime } from './model';

/**
 * A sample of the matrix: every state once, and every fault of every kind of integration once. `npm run test:faults` has
 * all rows.
 */
let matrix: Matrix;
beforeAll(async () => (matrix = await Matrix.open(realtime)));
afterAll(() => matrix?.close());

test('every state that calls a service is entered by a situation', () => {
  expect(matrix.unvisited).toEqual([]);
});

test('faults of a sample end well', async () => {
  const failed = [];
  for (const [state, faults] of matrix.sample()) failed.push(...(await matrix.check(state, faults)));
  expect([...failed, ...(await matrix.checkNext())]).toEqual([]);
});
