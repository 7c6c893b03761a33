import { Readable } from 'node:stream';
import type { NormalizedSchema } from '@smithy/core/schema';
import { ServiceError } from '../model/errors';
import { constraintProblems, refusal } from '../facts/operation-constraints';
import { requiredMembers, type ServiceModel } from '../model/service-model';

/** A violation of the schema. `type`: the value does not have the member's type. `unknown`: there is no such member. */
export interface Problem {
  kind: 'type' | 'unknown' | 'required';
  message: string;
}

/** Returns the violations of the SDK's schema by a value: unknown members, missing required ones, wrong types. */
export function validate(schema: NormalizedSchema, value: unknown): Problem[] {
  const problems: Problem[] = [];
  check(schema, value, '', problems);
  return problems;
}

/**
 * Checks an input against the SDK's schema and the constraints of AWS's model of the operation.
 *
 * @throws ServiceError as the service answers such an input
 */
export function assertValid(service: ServiceModel, operation: string, input: object): void {
  const schema = service.operations.get(operation)!.input;
  const problems = validate(schema, input);
  if (problems.every(({ kind }) => kind === 'required')) {
    const refused = refusal(service.id, operation, constraintProblems(service.id, operation, input));
    if (refused)
      throw new ServiceError(refused.code ?? service.invalidInput, refused.message, { status: 400 });
  }
  if (problems.length === 0) return;
  const json = service.protocol.startsWith('awsJson');
  const code =
    json && problems.some(({ kind }) => kind === 'type') ? 'SerializationException' : service.invalidInput;
  const heading = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: `;
  throw new ServiceError(code, heading + problems.map(({ message }) => message).join('; '), { status: 400 });
}

/** Checks a handler's output against its operation's schema: the codecs would silently leave out a misspelt member. */
export function assertWellFormed(operation: string, schema: NormalizedSchema, output: unknown): void {
  const problems = validate(schema, output);
  if (problems.length > 0) {
    throw new TypeError(
      `The answer of ${operation} is malformed: ${problems.map(({ message }) => message).join('; ')}`,
    );
  }
}

function check(schema: NormalizedSchema, value: unknown, path: string, problems: Problem[]): void {
  if (schema.isUnitSchema()) return checkStructure(schema, [], value, path, problems);
  if (schema.isStructSchema())
    return checkStructure(schema, [...schema.structIterator()], value, path, problems);
  if (schema.isListSchema()) return checkList(schema, value, path, problems);
  if (schema.isMapSchema()) return checkMap(schema, value, path, problems);
  const expected = SIMPLE.find(({ is }) => is(schema));
  if (expected && !expected.fits(value)) problems.push(wrongType(path, expected.name, value));
}

function checkStructure(
  schema: NormalizedSchema,
  members: [string, NormalizedSchema][],
  value: unknown,
  path: string,
  problems: Problem[],
): void {
  if (!isRecord(value)) {
    problems.push(wrongType(path, 'a structure', value));
    return;
  }
  const known = new Map(members);
  for (const name of Object.keys(value)) {
    if (known.has(name)) continue;
    problems.push({ kind: 'unknown', message: unknownField(join(path, name), [...known.keys()]) });
  }
  for (const name of schema.isUnitSchema() ? [] : requiredMembers(schema)) {
    if (value[name] === undefined || value[name] === null) {
      const message = `Value null at '${join(path, name)}' failed to satisfy constraint: Member must not be null`;
      problems.push({ kind: 'required', message });
    }
  }
  if (schema.isStructSchema() && schema.isUnionSchema()) {
    const set = Object.keys(value).filter((name) => value[name] !== undefined && value[name] !== null);
    if (set.length !== 1) {
      const message = `'${path}' must have exactly one of ${[...known.keys()].join(', ')}, not ${set.length}`;
      problems.push({ kind: 'type', message });
    }
  }
  for (const [name, member] of members) {
    if (value[name] !== undefined && value[name] !== null)
      check(member, value[name], join(path, name), problems);
  }
}

function checkList(schema: NormalizedSchema, value: unknown, path: string, problems: Problem[]): void {
  if (!Array.isArray(value)) {
    problems.push(wrongType(path, 'a list', value));
    return;
  }
  const item = schema.getValueSchema();
  value.forEach((entry, i) => check(item, entry, `${path}[${i}]`, problems));
}

function checkMap(schema: NormalizedSchema, value: unknown, path: string, problems: Problem[]): void {
  if (!isRecord(value)) {
    problems.push(wrongType(path, 'a map', value));
    return;
  }
  const item = schema.getValueSchema();
  for (const [key, entry] of Object.entries(value)) check(item, entry, `${path}['${key}']`, problems);
}

interface SimpleType {
  name: string;
  is: (schema: NormalizedSchema) => boolean;
  fits: (value: unknown) => boolean;
}

const isBytes = (value: unknown) => typeof value === 'string' || value instanceof Uint8Array;

const SIMPLE: readonly SimpleType[] = [
  {
    name: 'a stream, bytes or a string',
    is: (schema) => schema.isStreaming(),
    fits: (value) => isBytes(value) || value instanceof Readable,
  },
  { name: 'bytes or a string', is: (schema) => schema.isBlobSchema(), fits: isBytes },
  { name: 'a string', is: (schema) => schema.isStringSchema(), fits: (value) => typeof value === 'string' },
  {
    name: 'a number',
    is: (schema) => schema.isNumericSchema(),
    fits: (value) => typeof value === 'number' && !Number.isNaN(value),
  },
  {
    name: 'true or false',
    is: (schema) => schema.isBooleanSchema(),
    fits: (value) => typeof value === 'boolean',
  },
  {
    name: 'a timestamp',
    is: (schema) => schema.isTimestampSchema(),
    fits: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  },
  {
    name: 'an integer',
    is: (schema) => schema.isBigIntegerSchema(),
    fits: (value) => typeof value === 'bigint' || Number.isInteger(value),
  },
];

function wrongType(path: string, expected: string, value: unknown): Problem {
  return { kind: 'type', message: `Value ${show(value)} at '${path}' must be ${expected}` };
}

function unknownField(path: string, known: readonly string[]): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const near = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const hint = near ? `did you mean ${near}?` : `allowed members: ${known.join(', ') || 'none'}`;
  return `Unknown field '${path}' (${hint})`;
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function join(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}
