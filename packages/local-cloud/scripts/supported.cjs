const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { supportedTables } = require('../dist/testing.js');

/** Writes `SUPPORTED.md`; a test holds that it is up to date. */
writeFileSync(join(__dirname, '..', 'SUPPORTED.md'), supportedTables());
