import type { PipelineConfig } from '../../lib/config';
import { Matrix } from '../faults/matrix';
import { definitionOf } from '../templates/support/state-machine';
import { synthesise } from '../templates/support/synthesis';
import { tasksOf } from '../faults/account';

/** Tests every state of a configuration's workflow with every fault of its integration. */
export function describeMatrix(config: PipelineConfig): void {
  let matrix: Matrix;
  beforeAll(async () => (matrix = await Matrix.open(config)));
  afterAll(() => matrix?.close());

  test.each([...tasksOf(definitionOf(synthesise(config))).keys()])('%s', async (state) => {
    expect(await matrix.check(state)).toEqual([]);
  });
}
