import { createRequire } from 'node:module';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticErrorSchema, StaticOperationSchema, StaticStructureSchema } from '@smithy/types';
import type { ServiceFacts, ServiceId } from './catalog';

const load = createRequire(__filename);

/** `[method, path pattern with literal query, success status]` */
export type HttpBinding = readonly [method: string, uri: string, status: number];

export interface OperationModel {
  name: string;
  input: NormalizedSchema;
  output: NormalizedSchema;
  http?: HttpBinding;
}

/** An error's wire form. */
export interface ErrorModel {
  status?: number;
  /** The code in awsQuery's answers, if it differs from the exception's name. */
  queryCode?: string;
  queryStatus?: number;
}

/** The SDK's schemas of a service, and the facts that they do not contain. */
export interface ServiceModel extends ServiceFacts {
  id: ServiceId;
  operations: ReadonlyMap<string, OperationModel>;
  errors: ReadonlyMap<string, ErrorModel>;
}

const models = new Map<ServiceFacts, ServiceModel>();

/** Loads a service's schemas on first use: a client package takes 5 to 60 ms and up to 20 MB. */
export function serviceModel({ id, facts }: { id: ServiceId; facts: ServiceFacts }): ServiceModel {
  let model = models.get(facts);
  if (!model) {
    const schemas = Object.values(load(facts.package) as Record<string, unknown>).filter(isSchema);
    model = {
      ...facts,
      id,
      operations: new Map(schemas.filter(isOperation).map((schema) => [schema[2], operationModel(schema)])),
      errors: new Map(schemas.filter(isError).map((schema) => [schema[2], errorModel(schema)])),
    };
    models.set(facts, model);
  }
  return model;
}

/** Returns a service's model by its id; undefined if there is no such service. */
export type FindModel = (id: string) => ServiceModel | undefined;

/** Returns the names of a structure's required members: schemas list those first, with their number. */
export function requiredMembers(schema: NormalizedSchema): string[] {
  const structure = schema.getSchema() as StaticStructureSchema;
  return structure[0] === STRUCTURE ? structure[4].slice(0, structure[6] ?? 0) : [];
}

const STRUCTURE = 3;
const ERROR = -3;
const OPERATION = 9;

type AnySchema = StaticErrorSchema | StaticOperationSchema | StaticStructureSchema;

const isSchema = (value: unknown): value is AnySchema => Array.isArray(value) && typeof value[2] === 'string';
const isOperation = (schema: AnySchema): schema is StaticOperationSchema => schema[0] === OPERATION;
const isError = (schema: AnySchema): schema is StaticErrorSchema => schema[0] === ERROR;

function operationModel([, , name, traits, input, output]: StaticOperationSchema): OperationModel {
  const http = (traits as { http?: HttpBinding }).http;
  return {
    name,
    input: NormalizedSchema.of(input),
    output: NormalizedSchema.of(output),
    ...(http && { http }),
  };
}

function errorModel([, , , traits]: StaticErrorSchema): ErrorModel {
  const { httpError, awsQueryError } = traits as { httpError?: number; awsQueryError?: [string, number] };
  return { status: httpError, queryCode: awsQueryError?.[0], queryStatus: awsQueryError?.[1] };
}
