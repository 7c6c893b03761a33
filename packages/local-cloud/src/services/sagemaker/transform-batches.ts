import type { AssemblyType, BatchStrategy, SplitType } from '@aws-sdk/client-sagemaker';

/** The conversion of an object into requests, and of their responses into an object. */
export interface BatchRules {
  split: SplitType;
  strategy: BatchStrategy;
  /** Maximum bytes of a request's body. */
  maxPayload: number;
  assemble: AssemblyType;
}

const NEWLINE = 0x0a;

/** A record, or an object that is not split, does not fit into a request. */
export class PayloadTooLarge extends Error {
  constructor(bytes: number, maxPayload: number) {
    super(`Record size ${bytes} bytes is above the maximum payload of ${maxPayload} bytes`);
    this.name = 'PayloadTooLarge';
  }
}

/**
 * Returns the request bodies for an object. A single record is sent without its newline, several records with theirs:
 * "padding is removed if the value of BatchStrategy is set to SingleRecord" (API reference, TransformInput, SplitType).
 *
 * @throws PayloadTooLarge
 */
export function payloads(object: Buffer, { split, strategy, maxPayload }: BatchRules): Buffer[] {
  if (split === 'None') return [fitting(object, maxPayload)];
  const records = lines(object);
  if (strategy === 'SingleRecord') {
    return records.map((record) => fitting(withoutNewline(record), maxPayload));
  }
  const batches: Buffer[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    fitting(record, maxPayload);
    if (bytes + record.length > maxPayload) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(record);
    bytes += record.length;
  }
  return batches.map((batch) => Buffer.concat(batch));
}

/** Joins the responses, each followed by a newline if the job requests it. */
export function assembled(answers: readonly Buffer[], { assemble }: BatchRules): Buffer {
  if (assemble === 'None') return Buffer.concat(answers);
  return Buffer.concat(answers.flatMap((answer) => [answer, Buffer.from([NEWLINE])]));
}

/** Splits into lines, each with its newline; the last one may have none. */
function lines(object: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let from = 0; from < object.length; ) {
    const newline = object.indexOf(NEWLINE, from);
    const to = newline < 0 ? object.length : newline + 1;
    found.push(object.subarray(from, to));
    from = to;
  }
  return found;
}

function withoutNewline(line: Buffer): Buffer {
  return line.at(-1) === NEWLINE ? line.subarray(0, -1) : line;
}

function fitting(payload: Buffer, maxPayload: number): Buffer {
  if (payload.length > maxPayload) throw new PayloadTooLarge(payload.length, maxPayload);
  return payload;
}
