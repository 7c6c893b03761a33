import { readFileSync } from 'node:fs';
import { evidencePage } from '../../scripts/evidence/page';

test('docs/evidence.md is up to date: npm run evidence writes it', () => {
  expect(readFileSync('docs/evidence.md', 'utf8')).toBe(evidencePage());
});
