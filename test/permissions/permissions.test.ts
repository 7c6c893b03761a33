import { tryWithoutEach } from './mutation';

/** More pipelines than processors: much of a failing run is waiting. */
const BENCHES = 3;

test('a run fails without any one of its permissions', async () => {
  const report = await tryWithoutEach(BENCHES, (line) => process.stderr.write(`${line}\n`));
  expect(report).toMatchObject({ survivors: [], unused: [], needless: [] });
  expect(report.tried).toBeGreaterThan(150);
}, 1_200_000);
