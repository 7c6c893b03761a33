import { writeFileSync } from 'node:fs';
import { failuresPage } from '../test/faults/page';

/** Writes `docs/failures.md`; a test holds that it is up to date. */
writeFileSync('docs/failures.md', failuresPage());
