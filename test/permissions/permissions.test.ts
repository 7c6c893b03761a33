import { tryWithoutEach } from './mutation';
import { DEFAULT, VARIANTS } from './variants';

/** More pipelines than processors: failing runs mostly wait. */
const HARNESSES = 3;

/** `npm run test:permissions -- -t approval` runs one variant. */
describe.each([DEFAULT, ...VARIANTS])('$name', (variant) => {
  test('a run fails without any one of its permissions', async () => {
    const report = await tryWithoutEach(variant, HARNESSES, (line) => process.stderr.write(`${line}\n`));
    expect(report).toMatchObject({ survivors: [], unused: [], needless: [] });
    expect(report.tried).toBeGreaterThan(variant.least);
  }, 1_200_000);
});
