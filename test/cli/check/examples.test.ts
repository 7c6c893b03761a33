import path from 'node:path';
import { check } from '../../../cli/check/check';
import { PYTHON } from '../../containers/support/program';
import { MODELS, ROOT } from './support';

test.each(Object.keys(MODELS))('examples/%s holds every clause', async (name) => {
  const findings = await check(MODELS[name]!, {
    project: ROOT,
    fixture: { data: path.join(ROOT, 'examples', name, 'data'), schema: null },
    python: PYTHON,
    set: {},
    progress: () => undefined,
  });
  expect(findings.filter(({ result }) => result !== 'held')).toEqual([]);
  console.log(findings.map((f) => `${f.result} ${f.program}: ${f.says} [${f.how}]`).join('\n'));
});
