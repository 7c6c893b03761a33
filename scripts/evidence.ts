import { writeFileSync } from 'node:fs';
import { evidencePage } from './evidence/page';

/** Writes `docs/evidence.md`; a test holds that it is up to date. */
writeFileSync('docs/evidence.md', evidencePage());
