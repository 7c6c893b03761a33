import { messageOf } from './resource-failure';

/** A provider's answer, as its function sends it to the response URL. */
export interface CustomResponse {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string;
  /** Undefined if the answer has none that is valid. */
  readonly physicalId: string | undefined;
  /** Values for `Fn::GetAtt`. */
  readonly data: Record<string, unknown>;
}

/** The members of a request that its answer repeats. */
export interface RequestIdentity {
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/** Bytes (User Guide, "Custom resource response objects"). */
const MAX_RESPONSE = 4096;
const MAX_PHYSICAL_ID = 1024;

/**
 * Reads an answer. The first sentence is CloudFormation's, as in https://github.com/aws/aws-cdk/issues/2825; it does not
 * document those for other faults.
 *
 * @throws Error with the reason for the resource's failure
 */
export function readResponse(body: Buffer, request: RequestIdentity): CustomResponse {
  if (body.length > MAX_RESPONSE) throw new Error('Response object is too long.');
  const { Status, Reason = '', PhysicalResourceId, Data, ...rest } = parse(body);
  for (const name of ['StackId', 'RequestId', 'LogicalResourceId'] as const) {
    if (rest[name] === request[name]) continue;
    throw invalid(`its ${name} is ${shown(rest[name])}; copy the request's, '${request[name]}'`);
  }
  if (Status !== 'SUCCESS' && Status !== 'FAILED')
    throw invalid(`its Status is ${shown(Status)}; use SUCCESS or FAILED`);
  if (Data !== undefined && Data !== null && !isMap(Data))
    throw invalid(`its Data is ${shown(Data)}; use names with values`);
  const isId = typeof PhysicalResourceId === 'string' && PhysicalResourceId.length > 0;
  return {
    status: Status,
    reason: String(Reason),
    physicalId:
      isId && Buffer.byteLength(PhysicalResourceId) <= MAX_PHYSICAL_ID ? PhysicalResourceId : undefined,
    data: Data ?? {},
  };
}

function parse(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw invalid(`it is no JSON: ${messageOf(error)}`);
  }
  if (isMap(value)) return value;
  throw invalid(`it is ${shown(value)}; use a JSON object`);
}

function invalid(why: string): Error {
  return new Error(`Invalid response object: ${why}.`);
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
