import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { constraintProblems } from '../../src/facts/operation-constraints';
import { serviceShapes, type ShapeFacts } from '../../src/facts/operation-facts';
import type { ResourceFacts } from '../../src/facts/resource-facts';
import { RESOURCE_SUPPLEMENTS, SHAPE_SUPPLEMENTS } from '../../src/facts/supplements';

const FACTS = join(__dirname, '../../src/facts');
const read = (file: string) => JSON.parse(readFileSync(join(FACTS, file), 'utf8')) as unknown;
const SERVICES = readdirSync(join(FACTS, 'operations')).map((file) => basename(file, '.json'));

interface ServiceFile {
  operations: Record<string, string>;
  shapes: Record<string, ShapeFacts>;
}

test.each(SERVICES)(
  '%s has every shape that it refers to, and each of its operations can be checked',
  (service) => {
    const { operations, shapes } = read(`operations/${service}.json`) as ServiceFile;
    const named = Object.values(shapes).flatMap(({ members = {}, item, key, value }) => [
      ...Object.values(members),
      ...[item, key, value].flatMap((name) => name ?? []),
    ]);
    expect([...Object.values(operations), ...named].filter((name) => !shapes[name])).toEqual([]);
    expect(serviceShapes(service)).toBeDefined();
    for (const [operation, shape] of Object.entries(operations)) {
      const missing = constraintProblems(service, operation, {}).map(({ constraint }) => constraint.kind);
      expect(missing).toEqual((shapes[shape]!.required ?? []).map(() => 'required'));
    }
  },
);

const TYPES = read('resource-types.json') as Record<string, ResourceFacts>;

test.each(Object.entries(TYPES))(
  '%s has every named type, and replaces by its own properties',
  (_, facts) => {
    const named = new Set<string>();
    JSON.stringify(facts, (key, value: unknown) => {
      if (key === 'ref') named.add(value as string);
      return value;
    });
    expect(Object.keys(facts.definitions ?? {}).sort()).toEqual([...named].sort());
    const names = Object.keys(facts.properties);
    const { replaces, replacesWithin = [], mayReplace = [], required = [] } = facts;
    const paths = [...replaces, ...replacesWithin, ...mayReplace, ...required];
    expect(paths.filter((path) => !names.includes(path.split('/')[0]!))).toEqual([]);
  },
);

test('every supplement refers to an entry in the files', () => {
  for (const { type, at } of RESOURCE_SUPPLEMENTS) {
    const found = at.split('/').reduce<unknown>((node, key) => Object(node)[key] as unknown, TYPES[type]);
    expect([type, at, found]).toEqual([type, at, expect.anything()]);
  }
  for (const { service, shape, member } of SHAPE_SUPPLEMENTS) {
    const { shapes } = read(`operations/${service}.json`) as ServiceFile;
    const found = member === undefined ? shapes[shape] : shapes[shape]?.members?.[member];
    expect([service, shape, member, found]).toEqual([service, shape, member, expect.anything()]);
  }
});

test('every supplement names its documentation', () => {
  for (const { source } of [...RESOURCE_SUPPLEMENTS, ...SHAPE_SUPPLEMENTS]) {
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  }
});
