import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * One esbuild call per kind of output: Lambda bundles (run by AWS), the CDK app and `npm start` (run by this machine),
 * the operator's command line, and the packages. A bundle's bytes depend on its sources alone, so asset hashes are
 * stable. A kind whose sources have not changed is not built again: the functions' SDK clients cost two seconds.
 */
const functions = readdirSync('lambda', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
  .map((entry) => entry.name);

/** CommonJS, since an ESM import of node:http pulls in undici: 37 ms of each cold start. */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  logLevel: 'warning',
  // Packages of this repository are bundled from their sources.
  conditions: ['workspace'],
};

/** Caches what Node compiles of the packages: a third of a start. Node 20 has no such cache. */
const compileCache = (folder) => ({
  js: `require('node:module').enableCompileCache?.(__dirname + '/${folder}');`,
});

await Promise.all([
  bundle('dist', 'functions', ['lambda'], {
    ...common,
    entryPoints: Object.fromEntries(
      functions.map((name) => [`lambda/${name}/index`, `lambda/${name}/index.ts`]),
    ),
    minify: true,
    // A class's name is the error's name in logs.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    mainFields: ['module', 'main'],
  }),
  bundle('dist', 'programs', ['bench', 'bin', 'lib', 'start'], {
    ...common,
    banner: compileCache('../.compile-cache'),
    entryPoints: {
      'bench/deployments': 'bench/deployments.ts',
      'bench/load-process': 'bench/load-process.ts',
      'bench/overload': 'bench/overload.ts',
      'bench/scenario': 'bench/scenario.ts',
      'bench/served': 'bench/served.ts',
      'bin/app': 'bin/app.ts',
      'lib/index': 'lib/index.ts',
      'start/main': 'start/main.ts',
    },
    packages: 'external',
  }),
  // With its packages: a command is over in less time than it takes to look for a thousand files.
  bundle('dist', 'operator', ['cli'], {
    ...common,
    entryPoints: { 'cli/mlops': 'cli/main.ts' },
    keepNames: true,
    mainFields: ['module', 'main'],
    // A library of 70 MB that one command loads, when it is asked.
    external: ['@duckdb/node-api', 'esbuild'],
  }),
  bundle('packages/aws-schedules/dist', 'package', ['index.js'], {
    ...common,
    entryPoints: { index: 'packages/aws-schedules/src/index.ts' },
    packages: 'external',
  }),
  bundle(
    'packages/local-cloud/dist',
    'package',
    ['index.js', 'programs.js', 'testing.js', 'local-cloud.js'],
    {
      ...common,
      banner: compileCache('.compile-cache'),
      entryPoints: {
        index: 'packages/local-cloud/src/index.ts',
        programs: 'packages/local-cloud/src/programs.ts',
        testing: 'packages/local-cloud/src/testing/index.ts',
        'local-cloud': 'packages/local-cloud/src/bin/main.ts',
      },
      packages: 'external',
    },
  ),
]);

/**
 * @param outdir folder of the output
 * @param folders below it, which hold this kind and nothing else
 */
async function bundle(outdir, kind, folders, options) {
  const stamp = `${outdir}/.${kind}.json`;
  const recipe = JSON.stringify(options);
  const before = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : undefined;
  if (before?.recipe === recipe && before.digest === digest(before.sources)) return;
  for (const folder of folders) rmSync(`${outdir}/${folder}`, { recursive: true, force: true });
  const { metafile } = await build({ ...options, outdir, metafile: true });
  // Packages are as the lock file says.
  const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/'));
  const sources = [...own.sort(), 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];
  mkdirSync(outdir, { recursive: true });
  writeFileSync(stamp, JSON.stringify({ recipe, digest: digest(sources), sources }));
}

/** Of the files' bytes; undefined if one is not there any more. */
function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    if (!existsSync(path)) return undefined;
    hash.update(`${path}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}
