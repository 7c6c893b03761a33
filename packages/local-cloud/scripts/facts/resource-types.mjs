import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { partial } from '../../src/facts/patterns.ts';

/** Returns the facts of each resource type that the local cloud has, by type. */
export function resourceTypes({ specModules, sitePackages, supported }, output) {
  const load = createRequire(join(resolve(specModules), 'package.json'));
  const database = load('@aws-cdk/aws-service-spec').loadAwsServiceSpecSync();
  const schemas = providerSchemas(sitePackages);
  // The named type of a property, and the step into it: `*/` for the members of a list or a map.
  const typeOf = (type) => {
    if (type.element) return [typeOf(type.element)[0], '*/'];
    return type.type === 'ref' ? [database.get('typeDefinition', type.reference.$ref), ''] : [];
  };
  // The only property of CDK's metadata is written by the CDK itself, and AWS publishes no schema of it.
  const types = supported.resourceTypes.filter((type) => type !== 'AWS::CDK::Metadata');
  const entries = types.map((type) => {
    const resource = database.lookup('resource', 'cloudFormationType', 'equals', type).only();
    const schema = JSON.parse(readFileSync(schemas.get(type), 'utf8'));
    const convert = converter(type, patchOrigins(sitePackages, type), output);
    return [type, resourceType(type, resource, schema, convert, typeOf)];
  });
  return Object.fromEntries(entries);
}

function providerSchemas(sitePackages) {
  const folder = join(sitePackages, 'cfnlint/data/schemas');
  const index = readFileSync(join(folder, 'providers/us_east_1.py'), 'utf8');
  return new Map(
    [...index.matchAll(/"(AWS::[\w:]+)": "(\w+)"/g)].map(([, type, hash]) => [
      type,
      join(folder, 'resources', `${hash}.json`),
    ]),
  );
}

/** JSON pointers of the constraints that cfn-lint added: from the API's model, or by hand. */
function patchOrigins(sitePackages, type) {
  const origins = new Map();
  const name = type.toLowerCase().replaceAll('::', '_');
  const folder = join(sitePackages, 'cfnlint/data/schemas/patches/extensions/all', name);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  // The API's model comes last: it decides where both have a value.
  for (const file of files.sort((a, b) => Number(a === 'smithy.json') - Number(b === 'smithy.json'))) {
    for (const { op, path, value } of JSON.parse(readFileSync(join(folder, file), 'utf8'))) {
      if (op !== 'add') continue;
      origins.set(path, { origin: file === 'smithy.json' ? 'service' : 'hand', value });
    }
  }
  return origins;
}

function resourceType(type, resource, source, convert, typeOf) {
  const properties = Object.keys(resource.properties);
  // The spec may be newer than cfn-lint's schemas: such a property is known, and nothing else is known of it.
  const known = properties;
  const readOnly = (source.readOnlyProperties ?? []).map(topLevel);
  for (const name of properties) if (!source.properties[name]) note(type, `${name} is in the spec only`);
  for (const name of Object.keys(source.properties)) {
    if (!properties.includes(name) && !readOnly.includes(name)) note(type, `${name} is in the schema only`);
  }
  const schema = {
    properties: Object.fromEntries(
      known.map((name) => [name, convert(source.properties[name] ?? {}, `/properties/${name}`)]),
    ),
    ...(source.required && { required: source.required.filter((name) => known.includes(name)).sort() }),
  };
  const definitions = {};
  for (let names = references(schema); names.length > 0; ) {
    const missing = names.filter((name) => !definitions[name]);
    for (const name of missing) definitions[name] = convert(source.definitions[name], `/definitions/${name}`);
    names = missing.flatMap((name) => references(definitions[name]));
  }
  return {
    attributes: Object.keys(resource.attributes).sort(),
    ...replacements(type, resource, source, typeOf),
    ...schema,
    ...(Object.keys(definitions).length > 0 && { definitions }),
  };
}

const topLevel = (path) => path.split('/')[2];
const optional = (name, list) => (list.length > 0 ? { [name]: list } : {});
const note = (type, text) => console.log(`${type}: ${text}`);

/** Returns the paths whose change replaces the resource: the schema's create-only ones and those of the documentation. */
function replacements(type, { properties, additionalReplacementProperties = [] }, source, typeOf) {
  for (const path of additionalReplacementProperties) note(type, `${path.join('/')} replaces, says the spec`);
  const pathsOf = (pointers = []) => pointers.map((pointer) => pointer.slice('/properties/'.length));
  const createOnly = pathsOf(source.createOnlyProperties).filter((path) => properties[path.split('/')[0]]);
  const spec = { yes: [], maybe: [] };
  visit(properties, '', []);
  for (const path of spec.yes)
    if (!createOnly.includes(path)) note(type, `${path} replaces by the spec only`);
  const replaces = [...new Set([...createOnly, ...spec.yes])].sort();
  const may = [...new Set([...pathsOf(source.conditionalCreateOnlyProperties), ...spec.maybe])].sort();
  return {
    replaces: replaces.filter((path) => !path.includes('/')),
    ...optional(
      'replacesWithin',
      replaces.filter((path) => path.includes('/') && !replaces.includes(path.split('/')[0])),
    ),
    ...optional(
      'mayReplace',
      may.filter((path) => !path.includes('/') && !replaces.includes(path)),
    ),
  };

  function visit(members, prefix, above) {
    for (const [name, { causesReplacement, type: member }] of Object.entries(members)) {
      const path = `${prefix}${name}`;
      spec[causesReplacement]?.push(path);
      const [definition, step] = typeOf(member);
      if (!definition || above.includes(definition) || causesReplacement === 'yes') continue;
      visit(definition.properties, `${path}/${step}`, [...above, definition]);
    }
  }
}

const SCALARS = [
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', 'uniqueItems'],
  ...['minProperties', 'enum', 'const'],
];

function converter(type, origins, output) {
  return convert;

  function convert(node, path) {
    if (node.$ref) return { ref: node.$ref.replace('#/definitions/', '') };
    const schema = node.type ? { type: node.type } : {};
    const service = {};
    for (const name of SCALARS) {
      let value = node[name];
      if (value === undefined || value === false) continue;
      if (['minLength', 'minItems'].includes(name) && value === 0) continue;
      const { origin, value: added } = origins.get(`${path}/${name}`) ?? {};
      if (origin === 'hand' && JSON.stringify(added) === JSON.stringify(value)) {
        output.leaveOut(`${type} ${path}`, `${name} ${JSON.stringify(value)}`, 'written by hand by cfn-lint');
        continue;
      }
      if (name === 'pattern') {
        value = value.replace(/\\Z$/, '$');
        if (!output.usable(partial, value, `${type} ${path}`)) continue;
      }
      const target = origin === 'service' ? service : schema;
      if (name === 'const') target.enum = [value];
      else target[name] = value;
    }
    if (schema.enum && service.enum) delete service.enum;
    if (Object.keys(service).length > 0) schema.service = service;
    if (node.items) schema.items = convert(node.items, `${path}/items`);
    if (node.properties) {
      schema.properties = Object.fromEntries(
        Object.entries(node.properties).map(([name, member]) => [
          name,
          convert(member, `${path}/properties/${name}`),
        ]),
      );
      if (node.additionalProperties !== false) schema.open = true;
    }
    if (node.required?.length > 0) schema.required = [...node.required].sort();
    const values = Object.entries(node.patternProperties ?? {});
    if (values.length > 0) {
      // A map: every pattern of keys has the same kind of value in the schemas that occur.
      schema.values = convert(values[0][1], `${path}/patternProperties/${values[0][0]}`);
    }
    for (const keyword of ['oneOf', 'anyOf']) {
      if (!node[keyword] || origins.has(`${path}/${keyword}`)) continue;
      const choices = node[keyword].filter((choice) =>
        Object.keys(choice).some((name) => !['format', 'relationshipRef'].includes(name)),
      );
      if (choices.length > 0) {
        schema[keyword] = choices.map((choice, index) => convert(choice, `${path}/${keyword}/${index}`));
      }
    }
    return schema;
  }
}

function references(schema) {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = typeof schema.ref === 'string' ? [schema.ref] : [];
  return [...own, ...Object.values(schema).flatMap(references)];
}
