#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

// Standard error is for messages an operator can act on, and the repository brings its own Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const program = join(__dirname, '..', 'dist', 'cli', 'mlops.js');
if (existsSync(program)) {
  // Half of a command's start is compiling. Node 20 has no such cache.
  enableCompileCache?.(join(__dirname, '..', 'dist', '.compile-cache'));
  void require(program)
    .main(process.argv.slice(2))
    .then((code) => {
      process.exitCode = code;
    });
} else {
  process.stderr.write('mlops is not built yet; run npm run build in the repository first.\n');
  process.exitCode = 1;
}
