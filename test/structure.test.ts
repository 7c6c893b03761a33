import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = join(__dirname, '..');
const PACKAGES = readdirSync(join(ROOT, 'packages'));

/** Relative imports of a source file, as paths of files; static ones, types included. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const specifiers = [...text.matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']*)';|^import '(\.[^']*)';/gm)];
  return specifiers.map(([, from, bare]) => fileOf(resolve(dirname(file), (from ?? bare)!)));
}

function fileOf(path: string): string {
  const found = [path, `${path}.ts`, join(path, 'index.ts')].find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
  if (!found) throw new Error(`no file for the import ${path}`);
  return found;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Folders that import each other, directly or through others, one list a circle. */
function folderCircles(folder: string): string[][] {
  const imports = new Map<string, Set<string>>();
  for (const file of sources(folder)) {
    for (const target of importsOf(file)) {
      const [from, to] = [dirname(file), dirname(target)];
      if (from !== to) imports.set(from, (imports.get(from) ?? new Set()).add(to));
    }
  }
  const reaches = (from: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(imports.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return seen;
  };
  const reached = new Map([...imports.keys()].map((from) => [from, reaches(from)]));
  const circles = [...reached].flatMap(([from, to]) =>
    to.has(from) ? [[...to].filter((other) => reached.get(other)?.has(from)).sort()] : [],
  );
  const names = circles.map((circle) => circle.map((path) => relative(folder, path) || '.'));
  return [...new Map(names.map((circle) => [circle.join(), circle])).values()];
}

test.each(PACKAGES)('no folder of packages/%s imports in a circle', (name) => {
  expect(folderCircles(join(ROOT, 'packages', name, 'src'))).toEqual([]);
});

// The order is platform, states, serving, run and operations, stacks.
test('no folder of lib imports in a circle', () => {
  expect(folderCircles(join(ROOT, 'lib'))).toEqual([]);
});

// Whoever reads it knows the pipeline.
test('the map of a run fits on one page', () => {
  const map = readFileSync(join(ROOT, 'lib/run/pipeline.ts'), 'utf8');
  expect(map.trimEnd().split('\n').length).toBeLessThanOrEqual(80);
});

test.each(PACKAGES)('packages/%s imports no file outside of itself', (name) => {
  const folder = join(ROOT, 'packages', name);
  const leaving = sources(folder)
    .filter((file) => !file.includes('/dist/') && !file.includes('/node_modules/'))
    .flatMap((file) =>
      importsOf(file).map((target) => `${relative(ROOT, file)} -> ${relative(ROOT, target)}`),
    )
    .filter((line) => !line.split(' -> ')[1]!.startsWith(`packages/${name}/`));
  expect(leaving).toEqual([]);
});

/** Names of the packages that a text imports, types included; Node's own are left out. */
function packagesOf(text: string): string[] {
  const specifiers = text.matchAll(
    /(?:\bfrom|\bimport|\bimport\(|\brequire\(|\bresolve\()\s*'([\w@][^']*)'/g,
  );
  return [...specifiers]
    .map(([, specifier]) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier!)![0])
    .filter((name) => !name.startsWith('node:'));
}

test.each(PACKAGES)('packages/%s declares the packages that its sources import', (name) => {
  const folder = join(ROOT, 'packages', name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const imported = sources(join(folder, 'src')).flatMap((file) => packagesOf(readFileSync(file, 'utf8')));
  const missing = [...new Set(imported)].filter(
    (dependency) => !(dependency in dependencies || `@types/${dependency}` in dependencies),
  );
  expect(missing.sort()).toEqual([]);
});

test('the app imports packages by their names', () => {
  const deep = ['bin', 'lib', 'lambda', 'cli', 'start', 'bench', 'containers', 'test']
    .flatMap((folder) => sources(join(ROOT, folder)))
    .filter((file) => !file.includes('/node_modules/'))
    .filter((file) => importsOf(file).some((target) => target.startsWith(join(ROOT, 'packages'))));
  expect(deep).toEqual([]);
});

test('circles of folders are found, also through others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'circles-'));
  const files = { 'a/x.ts': '../b/x', 'b/x.ts': '../c/x', 'c/x.ts': '../a/x', 'd/x.ts': '../a/x' };
  for (const [path, imported] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `import type { X } from '${imported}';\n`);
  }
  expect(folderCircles(folder)).toEqual([['a', 'b', 'c']]);
  rmSync(folder, { recursive: true });
});
