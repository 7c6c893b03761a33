import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stores } from '../../src/core/store';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'store-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const counter = (stores: Stores) => stores.store('a/counter', () => ({ value: 0 }));

test('a change is there after a flush and a new start, without leftovers', () => {
  const stores = new Stores(directory);
  const store = counter(stores);
  store.data.value = 5;
  store.changed();
  stores.flush();
  expect(counter(new Stores(directory)).data).toEqual({ value: 5 });
  expect(readdirSync(join(directory, 'a'))).toEqual(['counter.json']);
});

test('one name is one document', () => {
  const stores = new Stores(directory);
  expect(counter(stores)).toBe(counter(stores));
});

test('what did not change is not written', () => {
  const stores = new Stores(directory);
  counter(stores).data.value = 1;
  stores.flush();
  expect(existsSync(join(directory, 'a'))).toBe(false);
});

test('a removed document is gone, even with a change that waited to be written', () => {
  const stores = new Stores(directory);
  const store = counter(stores);
  store.changed();
  stores.flush();
  store.changed();
  stores.remove('a/counter');
  stores.flush();
  expect(existsSync(join(directory, 'a', 'counter.json'))).toBe(false);
});

test('a torn document stops the start, with the file and what to do', () => {
  writeFileSync(join(directory, 'x.json'), '{"value":');
  expect(() => new Stores(directory).store('x', () => ({}))).toThrow(
    /x\.json is not readable JSON.*Remove the state directory/,
  );
  expect(readFileSync(join(directory, 'x.json'), 'utf8')).toBe('{"value":');
});
