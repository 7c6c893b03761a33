import { readFileSync } from 'node:fs';
import { licensesPage } from '../scripts/licenses/page';

test('docs/licenses.md is up to date, and each license is allowed: npm run licenses writes it', () => {
  expect(readFileSync('docs/licenses.md', 'utf8')).toBe(licensesPage());
});
