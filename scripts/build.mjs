import { build } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';

/**
 * One esbuild call a kind of output: Lambda bundles (what AWS runs), the CDK app and the local cloud (what this
 * machine runs). A bundle's bytes depend on its sources alone, so asset hashes are stable.
 */
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
