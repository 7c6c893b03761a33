import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CONTAINERS } from './support/program';

// Each image is built of its own folder alone, so what both need lies in both.
test.each(['failures.py', 'log.py'])('%s is the same in both containers of Python', (name) => {
  const of = (container: string) => readFileSync(path.join(CONTAINERS, container, name), 'utf8');
  expect(of('training')).toBe(of('preprocessing'));
});
