import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { whole } from '../../src/facts/patterns.ts';
import { SHAPE_SUPPLEMENTS } from '../../src/facts/supplements.ts';

/** Returns the facts of each service's implemented operations: `[service, facts]`, sorted. */
export function operations({ sitePackages, supported }, output) {
  const models = serviceModels(sitePackages);
  return Object.entries(supported.operations).map(([service, implemented]) => {
    const model = models.get(service)();
    const inputs = implemented.filter((name) => model.operations[name]?.input);
    return [service, serviceFacts(service, inputs, model, supported.clients[service], output)];
  });
}

/** Readers of botocore's models by service id, as the SDK writes it: in lower case, without spaces. */
function serviceModels(sitePackages) {
  const root = join(sitePackages, 'botocore/data');
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return new Map(
    folders.flatMap(({ name }) => {
      const version = readdirSync(join(root, name)).sort().at(-1);
      const file = join(root, name, version, 'service-2.json');
      if (!existsSync(file) && !existsSync(`${file}.gz`)) return [];
      const read = () =>
        JSON.parse(existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`)));
      return [[read().metadata.serviceId.toLowerCase().replaceAll(' ', ''), read]];
    }),
  );
}

function serviceFacts(service, names, { operations: all, shapes }, client, output) {
  const inputs = names.map((name) => [name, all[name].input.shape]);
  const limitsOf = (name) => limits(service, name, shapes[name], output);
  const kept = constrained(service, inputs, shapes, limitsOf);
  const facts = {};
  for (const name of kept) facts[name] = shapeFacts(shapes[name], limitsOf(name), kept);
  const entries = inputs.filter(([, shape]) => kept.has(shape));
  checkNames(service, client, entries, facts);
  return { operations: Object.fromEntries(entries), shapes: facts };
}

/** Returns the shapes in the inputs that have constraints, or that have a part with constraints. */
function constrained(service, inputs, shapes, limitsOf) {
  const reached = new Set();
  const visit = (name) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const part of parts(shapes[name])) visit(part);
  };
  for (const [, shape] of inputs) visit(shape);
  const supplemented = SHAPE_SUPPLEMENTS.filter((entry) => entry.service === service);
  const kept = new Set([...reached].filter((name) => Object.keys(limitsOf(name)).length > 0));
  for (const { shape, member } of supplemented) {
    kept.add(shape);
    if (member) kept.add(shapes[shape].members[member].shape);
  }
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    for (const name of reached) {
      if (parts(shapes[name]).some((part) => kept.has(part))) kept.add(name);
    }
  }
  return new Set([...kept].filter((name) => reached.has(name)).sort());
}

const parts = ({ members = {}, member, key, value }) => [
  ...Object.values(members).map(({ shape }) => shape),
  ...[member, key, value].flatMap((part) => part?.shape ?? []),
];
function limits(service, name, shape, output) {
  const found = {};
  if (shape.required?.length > 0) found.required = [...shape.required].sort();
  if (shape.enum) found.enum = shape.enum;
  if (shape.pattern && output.usable(whole, shape.pattern, `${service} ${name}`))
    found.pattern = shape.pattern;
  // A least length of 0 says nothing; a least value of 0 does.
  const numeric = ['integer', 'long', 'float', 'double'].includes(shape.type);
  if (shape.min !== undefined && (numeric || shape.min > 0)) found.min = shape.min;
  if (shape.max !== undefined) found.max = shape.max;
  return found;
}

function shapeFacts(shape, limits, kept) {
  const facts = { ...limits };
  if (shape.sensitive) facts.sensitive = true;
  if (shape.payload) facts.payload = shape.payload;
  if (shape.type === 'structure') {
    facts.members = Object.fromEntries(
      Object.entries(shape.members)
        .filter(([, member]) => kept.has(member.shape))
        .map(([member, { shape: target }]) => [member, target]),
    );
  }
  const part = (key, target) => target && kept.has(target.shape) && { [key]: target.shape };
  return {
    ...facts,
    ...(shape.type === 'list' && { list: true, ...part('item', shape.member) }),
    ...(shape.type === 'map' && { map: true, ...part('key', shape.key), ...part('value', shape.value) }),
  };
}

/** Members that the SDK's schemas do not have would never be checked: the names differ, which has to be known. */
function checkNames(service, client, inputs, facts) {
  const load = createRequire(join(process.cwd(), 'package.json'));
  const { NormalizedSchema } = load('@smithy/core/schema');
  const schemas = Object.values(load(client)).filter((value) => Array.isArray(value) && value[0] === 9);
  for (const [operation, shape] of inputs) {
    const schema = schemas.find(([, , name]) => name === operation);
    if (!schema) throw new Error(`the SDK has no operation ${service}:${operation}`);
    const names = [...NormalizedSchema.of(schema[4]).structIterator()].map(([name]) => name);
    for (const name of [...Object.keys(facts[shape].members), ...(facts[shape].required ?? [])]) {
      if (!names.includes(name)) console.log(`${service}:${operation} has no member ${name} in the SDK`);
    }
  }
}
