import type { PipelineConfig } from '../../lib/config';
import { Matrix } from '../faults/matrix';
import { statesToTest } from '../faults/states';

/** Tests every state of a configuration's workflow with every fault of its integration. */
export function describeMatrix(config: PipelineConfig): void {
  let matrix: Matrix;
  beforeAll(async () => (matrix = await Matrix.open(config)));
  afterAll(() => matrix?.close());

  test.each(statesToTest(config))('%s', async (state) => {
    expect([...(await matrix.check(state)), ...(await matrix.checkNext())]).toEqual([]);
  });
}
