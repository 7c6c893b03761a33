#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '..', 'dist', 'local-cloud.js');
if (existsSync(program)) {
  require(program);
} else {
  process.stderr.write('local-cloud: it is not built yet; run npm run build in the repository first.\n');
  process.exitCode = 1;
}
