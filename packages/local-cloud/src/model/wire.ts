import type { Readable } from 'node:stream';
import type { ServiceError } from './errors';
import type { OperationModel, ServiceModel } from './service-model';

export interface WireRequest {
  method: string;
  /** The path as it was sent: still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Body;
}

/** A request's body: read as a whole, or as a stream, not both. */
export interface Body {
  /** All of it; a body above the limit of this server is a RequestEntityTooLarge error. */
  bytes(): Promise<Buffer>;
  stream(): Readable;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body?: string | Uint8Array | Readable;
}

/** One of AWS's wire protocols, seen from the server. All that differs between services is in their schemas. */
export interface Protocol {
  /** Which operation the request is for, and its input. Unknown members of the input are kept. */
  read(request: WireRequest, service: ServiceModel): Promise<{ operation: OperationModel; input: object }>;
  write(operation: OperationModel, output: object, service: ServiceModel, requestId: string): WireResponse;
  writeError(error: ServiceError, service: ServiceModel, requestId: string, method: string): WireResponse;
}

/** The status of an error: its own, or else what the schema says, or else 400 and 500. */
export function statusOf(error: ServiceError, service: ServiceModel): number {
  const model = service.errors.get(error.code);
  const known = service.protocol === 'awsQuery' ? model?.queryStatus : undefined;
  return error.status ?? known ?? model?.status ?? (error.fault === 'server' ? 500 : 400);
}
