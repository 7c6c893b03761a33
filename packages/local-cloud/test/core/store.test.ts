import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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

describe('changes of members', () => {
  interface Index {
    objects: Record<string, number>;
  }
  const index = (stores: Stores) => stores.store<Index>('index', () => ({ objects: {} }));
  const file = () => join(directory, 'index.json');

  /** An index with one object in its document, and later changes beside it. */
  function changed(): Stores {
    const stores = new Stores(directory);
    index(stores).data.objects.a = 1;
    index(stores).changed('objects', 'a');
    stores.commit();
    Object.assign(index(stores).data.objects, { b: 2 });
    index(stores).changed('objects', 'b');
    stores.commit();
    delete index(stores).data.objects.a;
    index(stores).changed('objects', 'a');
    stores.commit();
    return stores;
  }

  test('are lines beside the document, and are present after a new start', () => {
    changed();
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ objects: { a: 1 } });
    expect(index(new Stores(directory)).data).toEqual({ objects: { b: 2 } });
  });

  test('end with the last whole line; the next change follows it', () => {
    changed();
    appendFileSync(`${file()}.changes`, '[["objects","b"],{"torn');
    const stores = new Stores(directory);
    expect(index(stores).data).toEqual({ objects: { b: 2 } });
    index(stores).data.objects.c = 3;
    index(stores).changed('objects', 'c');
    stores.commit();
    expect(index(new Stores(directory)).data).toEqual({ objects: { b: 2, c: 3 } });
  });

  test('of an earlier document do not count', () => {
    const stores = changed();
    const changes = readFileSync(`${file()}.changes`, 'utf8');
    index(stores).data.objects = { d: 4 };
    index(stores).changed();
    stores.commit();
    expect(existsSync(`${file()}.changes`)).toBe(false);
    // Killed before they were removed.
    writeFileSync(`${file()}.changes`, changes);
    expect(index(new Stores(directory)).data).toEqual({ objects: { d: 4 } });
  });

  test('are merged into the document when there are many', () => {
    const stores = changed();
    for (let i = 0; i < 20; i++) {
      index(stores).data.objects[`${i}${'x'.repeat(20_000)}`] = i;
      index(stores).changed('objects', `${i}${'x'.repeat(20_000)}`);
      stores.commit();
    }
    expect(readFileSync(file(), 'utf8').length).toBeGreaterThan(200_000);
    expect(index(new Stores(directory)).data).toEqual(index(stores).data);
  });
});

test('documents that were changed together are written together, also by the next process', () => {
  const stores = new Stores(directory);
  for (const name of ['a', 'b']) stores.store(name, () => ({ value: 0 })).changed();
  stores.commit();
  // Killed after the first of both.
  writeFileSync(join(directory, 'a.json'), '{"value":1}');
  const writes = ['a', 'b'].map((name) => ({ file: `${name}.json`, whole: '{"value":1}' }));
  writeFileSync(join(directory, 'writing'), JSON.stringify(writes));
  expect(new Stores(directory).store('b', () => ({ value: 0 })).data).toEqual({ value: 1 });
  expect(readdirSync(directory).sort()).toEqual(['a.json', 'b.json']);
});
