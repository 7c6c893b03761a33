import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import { NormalizedSchema, SCHEMA } from '@smithy/core/schema';
import { ServiceError } from '../model/errors';
import type { OperationModel } from '../model/service-model';
import type { RouteMatch } from './rest-router';
import type { WireRequest, WireResponse } from '../model/wire';

/** Writes and reads the documents in the bodies of a REST protocol. */
export interface DocumentCodec {
  contentType: string;
  read(schema: NormalizedSchema, bytes: Buffer): object;
  /** Writes the structure's `members` as a document, which has the name of the operation or of a payload member. */
  write(schema: NormalizedSchema, members: readonly string[], value: object): string;
}

const BYTES = 'application/octet-stream';

const SETTINGS = {
  httpBindings: true,
  timestampFormat: { useTrait: true, default: SCHEMA.TIMESTAMP_DATE_TIME },
} as const;

/** Returns the input in a request's path, query, headers and body, according to the schema's traits. */
export async function readRequest(
  request: WireRequest,
  { operation, labels }: RouteMatch,
  codec: DocumentCodec,
): Promise<object> {
  const input: Record<string, unknown> = {};
  let inBody = 0;
  for (const [name, member] of operation.input.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpLabel) input[name] = fromText(member, labels[name]);
    else if (traits.httpQuery) input[name] = fromQuery(member, request.query.getAll(traits.httpQuery));
    else if (traits.httpHeader)
      input[name] = fromText(member, request.headers[traits.httpHeader.toLowerCase()]);
    else if (traits.httpPrefixHeaders !== undefined)
      input[name] = prefixed(request, traits.httpPrefixHeaders);
    else if (traits.httpPayload) input[name] = await readPayload(request, member, codec);
    else inBody += 1;
  }
  if (inBody > 0) Object.assign(input, codec.read(operation.input, await request.body.bytes()));
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** Returns the response of an output, according to its schema's traits. */
export function writeResponse(operation: OperationModel, output: object, codec: DocumentCodec): WireResponse {
  const response: WireResponse = { status: operation.http?.[2] ?? 200, headers: {} };
  if (operation.output.isUnitSchema()) return response;
  const values = output as Record<string, unknown>;
  const document: string[] = [];
  let payload: NormalizedSchema | undefined;
  for (const [name, member] of operation.output.structIterator()) {
    const traits = member.getMergedTraits();
    const value = values[name];
    if (traits.httpPayload) payload = member;
    else if (!isBound(traits)) document.push(name);
    else if (value !== undefined && value !== null) bind(response, member, value);
  }
  const hasType = Object.keys(response.headers).some((name) => name.toLowerCase() === 'content-type');
  if (payload) {
    const value = values[payload.getMemberName()];
    if (value === undefined || value === null) return response;
    if (!hasType) response.headers['content-type'] = payload.isStructSchema() ? codec.contentType : BYTES;
    response.body = payload.isStructSchema()
      ? codec.write(payload, namesOf(payload), value)
      : (value as Uint8Array);
  } else if (document.length > 0) {
    if (!hasType) response.headers['content-type'] = codec.contentType;
    response.body = codec.write(operation.output, document, output);
  }
  return response;
}

type Traits = ReturnType<NormalizedSchema['getMergedTraits']>;

const isBound = ({ httpHeader, httpPrefixHeaders, httpResponseCode }: Traits) =>
  httpHeader !== undefined || httpPrefixHeaders !== undefined || httpResponseCode !== undefined;

const namesOf = (schema: NormalizedSchema) => [...schema.structIterator()].map(([name]) => name);

function bind(response: WireResponse, member: NormalizedSchema, value: unknown): void {
  const { httpHeader, httpPrefixHeaders, httpResponseCode } = member.getMergedTraits();
  if (httpHeader !== undefined) response.headers[httpHeader] = toText(member, value);
  else if (httpResponseCode !== undefined) response.status = value as number;
  else
    for (const [key, text] of Object.entries(value as object))
      response.headers[`${String(httpPrefixHeaders)}${key}`] = String(text);
}

async function readPayload(
  request: WireRequest,
  member: NormalizedSchema,
  codec: DocumentCodec,
): Promise<unknown> {
  if (member.isStreaming()) return request.body.stream();
  const bytes = await request.body.bytes();
  if (bytes.length === 0) return undefined;
  if (member.isBlobSchema()) return bytes;
  return member.isStringSchema() ? bytes.toString('utf8') : codec.read(member, bytes);
}

function fromQuery(member: NormalizedSchema, values: string[]): unknown {
  if (member.isListSchema()) return values.length > 0 ? values : undefined;
  return fromText(member, values[0]);
}

/** Reads a text as its type. A text that cannot be read stays a text, which validation reports. */
function fromText(member: NormalizedSchema, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (member.isNumericSchema() && (text.trim() === '' || Number.isNaN(Number(text)))) return text;
  if (member.isBooleanSchema() && !/^(true|false)$/i.test(text)) return text;
  try {
    return new FromStringShapeDeserializer(SETTINGS).read(member, text);
  } catch (error) {
    const message = `Value '${text}' of ${member.getMemberName()} cannot be read: ${String(error)}`;
    throw new ServiceError('SerializationException', message, { status: 400 });
  }
}

function toText(member: NormalizedSchema, value: unknown): string {
  const serializer = new ToStringShapeSerializer(SETTINGS);
  serializer.write(member, value);
  return serializer.flush();
}

function prefixed(request: WireRequest, prefix: string): Record<string, string> | undefined {
  const found = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix.toLowerCase()));
  return found.length > 0
    ? Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]))
    : undefined;
}
