import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProject } from '../../../lib/config/load';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'project-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const load = (text?: string, more: Record<string, string> = {}) => {
  for (const [name, content] of Object.entries({
    ...more,
    ...(text !== undefined && { 'mlops.config.ts': text }),
  }))
    writeFileSync(join(folder, name), content);
  return loadProject(folder);
};

test('the file and what it imports need no build', async () => {
  const model = "export const name: string = 'from another file';";
  const text = "import { name } from './model';\nexport default { name, pipelines: [] as const };";
  expect(await load(text, { 'model.ts': model })).toEqual({ name: 'from another file', pipelines: [] });
});

test('a change of the file counts at the next reading', async () => {
  expect(await load("export default { name: 'one' };")).toEqual({ name: 'one' });
  expect(await load("export default { name: 'two' };")).toEqual({ name: 'two' });
});

test.each<[string, string | undefined, RegExp]>([
  ['no file', undefined, /^there is no mlops\.config\.ts in .+; run the command in the project's folder$/],
  ['a syntax error', 'export default {', /^mlops\.config\.ts cannot be read: .*mlops\.config\.ts:1:/s],
  ['an import that is missing', "import './nothing';", /^mlops\.config\.ts cannot be read: .*\.\/nothing/s],
  [
    'no default export',
    'export const project = {};',
    /^mlops\.config\.ts has no default export; export a Project/,
  ],
  ['a default export of null', 'export default null;', /has no default export/],
  ['a default export that is a text', "export default 'mlops';", /has no default export/],
  ['an error of its own', "throw new Error('no such team');", /no such team/],
])('%s is said', async (_, text, message) => {
  await expect(load(text)).rejects.toThrow(message);
});
