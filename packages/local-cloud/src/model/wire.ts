import type { Readable } from 'node:stream';
import type { ServiceError } from './errors';
import type { OperationModel, ServiceModel } from './service-model';

export interface WireRequest {
  method: string;
  /** The path as sent: percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  /** The headers by name in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Body;
}

/** A request's body: read as a whole, or as a stream, not both. */
export interface Body {
  /** Returns all bytes. Throws RequestEntityTooLarge for a body above this server's limit. */
  bytes(): Promise<Buffer>;
  stream(): Readable;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body?: string | Uint8Array | Readable;
}

/** One of AWS's wire protocols, on the server's side. All differences between services are in their schemas. */
export interface Protocol {
  /** Returns the request's operation and its input. Unknown members of the input are kept. */
  read(request: WireRequest, service: ServiceModel): Promise<{ operation: OperationModel; input: object }>;
  write(operation: OperationModel, output: object, service: ServiceModel, requestId: string): WireResponse;
  writeError(error: ServiceError, service: ServiceModel, requestId: string, method: string): WireResponse;
}

/** Returns the status of an error: its own, otherwise the schema's, otherwise 400 or 500. */
export function statusOf(error: ServiceError, service: ServiceModel): number {
  const model = service.errors.get(error.code);
  const known = service.protocol === 'awsQuery' ? model?.queryStatus : undefined;
  return error.status ?? known ?? model?.status ?? (error.fault === 'server' ? 500 : 400);
}
