import { writeFileSync } from 'node:fs';
import { licensesPage } from './licenses/page';

/** Writes `docs/licenses.md`; a test holds that it is up to date. */
writeFileSync('docs/licenses.md', licensesPage());
