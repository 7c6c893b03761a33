import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stores } from '../../src/core/store';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'store-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const counter = (stores: Stores) => stores.store('a/counter', () => ({ value: 0 }));

test('a change is present after a flush and a new start, without temporary files', () => {
  const stores = new Stores(directory);
  const store = counter(stores);
  store.data.value = 5;
  store.changed();
  stores.flush();
  expect(counter(new Stores(directory)).data).toEqual({ value: 5 });
  expect(readdirSync(join(directory, 'a'))).toEqual(['counter.json']);
});

test('each name has one document', () => {
  const stores = new Stores(directory);
  expect(counter(stores)).toBe(counter(stores));
});

test('an unchanged document is not written', () => {
  const stores = new Stores(directory);
  counter(stores).data.value = 1;
  stores.flush();
  expect(existsSync(join(directory, 'a'))).toBe(false);
});

test('a removed document stays removed, even with a pending change', () => {
  const stores = new Stores(directory);
  const store = counter(stores);
  store.changed();
  stores.flush();
  store.changed();
  stores.remove('a/counter');
  stores.flush();
  expect(existsSync(join(directory, 'a', 'counter.json'))).toBe(false);
});

test('an incomplete document stops the start; the error names the file and the fix', () => {
  writeFileSync(join(directory, 'x.json'), '{"value":');
  expect(() => new Stores(directory).store('x', () => ({}))).toThrow(
    /x\.json is not readable JSON.*Remove the state directory/,
  );
  expect(readFileSync(join(directory, 'x.json'), 'utf8')).toBe('{"value":');
});
