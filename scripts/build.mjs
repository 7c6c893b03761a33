import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * One esbuild call a kind of output: Lambda bundles (what AWS runs), the CDK app and the local cloud (what this
 * machine runs), the operator's command line. A bundle's bytes depend on its sources alone, so asset hashes are
 * stable, and a kind is not built again of the sources that it was built of: the functions' SDK clients cost two
 * seconds.
 */
const functions = readdirSync('lambda', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
  .map((entry) => entry.name);

/** CommonJS, since an ESM import of node:http pulls in undici: 37 ms of each cold start. */
const common = { bundle: true, platform: 'node', target: 'node24', format: 'cjs', logLevel: 'warning' };

await Promise.all([
  bundle('functions', ['lambda'], {
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
  bundle('programs', ['bench', 'bin', 'local', 'start'], {
    ...common,
    // What Node compiles of the packages is kept: a third of a start. Node 20 has no such cache.
    banner: { js: "require('node:module').enableCompileCache?.(__dirname + '/../.compile-cache');" },
    entryPoints: {
      'bench/deployments': 'bench/deployments.ts',
      'bench/load-process': 'bench/load-process.ts',
      'bench/scenario': 'bench/scenario.ts',
      'bin/app': 'bin/app.ts',
      'local/serve': 'local/serve/main.ts',
      'start/main': 'start/main.ts',
    },
    packages: 'external',
  }),
  // With its packages: a command is over in less time than it takes to look for a thousand files.
  bundle('operator', ['cli'], {
    ...common,
    entryPoints: { 'cli/mlops': 'bin/mlops.ts' },
    keepNames: true,
    mainFields: ['module', 'main'],
    // A library of 70 MB that one command loads, when it is asked.
    external: ['@duckdb/node-api'],
  }),
]);

/** @param folders below `dist`, which hold this kind and nothing else */
async function bundle(kind, folders, options) {
  const stamp = `dist/.${kind}.json`;
  const recipe = JSON.stringify(options);
  const before = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : undefined;
  if (before?.recipe === recipe && before.digest === digest(before.sources)) return;
  for (const folder of folders) rmSync(`dist/${folder}`, { recursive: true, force: true });
  const { metafile } = await build({ ...options, outdir: 'dist', metafile: true });
  // Packages are as the lock file says.
  const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/'));
  const sources = [...own.sort(), 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];
  mkdirSync('dist', { recursive: true });
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
