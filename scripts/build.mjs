import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One esbuild call a kind of output: Lambda bundles (what AWS runs), the CDK app and the local cloud (what this
 * machine runs). A bundle's bytes depend on its sources alone, so asset hashes are stable, and nothing is built again
 * of the sources that `dist` was built of: the functions' SDK clients cost two seconds.
 */
const STAMP = 'dist/.sources';
const sources = fingerprint(
  ['bench', 'bin', 'cli', 'lambda', 'lib', 'local', 'start'],
  ['cdk.json', 'package-lock.json', 'package.json', 'scripts/build.mjs', 'tsconfig.json'],
);
if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) process.exit();

const functions = readdirSync('lambda', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
  .map((entry) => entry.name);

/** CommonJS, since an ESM import of node:http pulls in undici: 37 ms of each cold start. */
const common = { bundle: true, platform: 'node', target: 'node24', format: 'cjs', logLevel: 'warning' };

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    entryPoints: Object.fromEntries(functions.map((name) => [`${name}/index`, `lambda/${name}/index.ts`])),
    outdir: 'dist/lambda',
    minify: true,
    // A class's name is the error's name in logs.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    mainFields: ['module', 'main'],
  }),
  build({
    ...common,
    entryPoints: {
      'bench/deployments': 'bench/deployments.ts',
      'bench/load-process': 'bench/load-process.ts',
      'bench/scenario': 'bench/scenario.ts',
      'bin/app': 'bin/app.ts',
      'bin/mlops': 'bin/mlops.ts',
      'local/serve/main': 'local/serve/main.ts',
      'start/main': 'start/main.ts',
    },
    outdir: 'dist',
    packages: 'external',
  }),
]);
writeFileSync(STAMP, sources);

/** Of names and bytes, in an order that does not depend on the file system. */
function fingerprint(folders, files) {
  const inFolders = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hash = createHash('sha256');
  for (const path of [...inFolders, ...files].sort()) {
    const bytes = readFileSync(path);
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
