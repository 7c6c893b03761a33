import { tryWithout } from './mutation';

test('a run fails without any one of its permissions', async () => {
  const report = await tryWithout(1, 2, (line) => process.stderr.write(`${line}\n`));
  expect(report).toMatchObject({ survivors: [], unused: [], needless: [] });
}, 900_000);
