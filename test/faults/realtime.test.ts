import { Matrix } from './matrix';
import { cheap } from './model';

test('proto', async () => {
  const log = (text: string) => require('node:fs').appendFileSync('/tmp/matrix.log', text + '\n');
  const t0 = performance.now();
  const matrix = await Matrix.open(cheap);
  log(`open ${performance.now() - t0}`);
  log(`unvisited ${matrix.unvisited.join(', ')}`);
  let rows = 0;
  for (const state of matrix.account.tasks.keys()) {
    if (matrix.unvisited.includes(state)) continue;
    if (process.env.ONLY && !new RegExp(process.env.ONLY).test(state)) continue;
    const t = performance.now();
    const results = await matrix.check(state);
    rows += results.length;
    log(`== ${state}: ${results.length} rows ${Math.round(performance.now() - t)} ms`);
    for (const { fault, problems } of results)
      if (problems.length) log(`   ${fault}:\n      ${problems.join('\n      ')}`);
  }
  log(`rows ${rows} in ${performance.now() - t0}`);
  await matrix.close();
}, 600_000);
