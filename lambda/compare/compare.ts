import { createHash } from 'node:crypto';
import { isJson, isText } from '../../lib/contract/model';
import type { ShadowComparison } from '../../lib/contract/shadow';

/** A line of a capture file (SageMaker Developer Guide, "Data capture"); only the fields that are used. */
export interface Captured {
  readonly captureData?: { readonly endpointOutput?: { readonly data?: string; readonly encoding?: string } };
  readonly eventMetadata?: { readonly inferenceId?: string };
}

/** One prediction of an answer: any JSON value. */
type Prediction = unknown;

/** A model's answer: its list of predictions, or the answer as a whole; none is an error. */
type Answer = readonly Prediction[] | 'error';

const MAX_EXAMPLES = 20;
/** Characters of an answer in an example. */
const MAX_SHOWN = 300;
/** Numbers that differ by at most this share of the greater one count as equal. */
const SAME_SHARE = 0.01;

/** Collects answers by the id that both models' records of a request share. */
export class Answers {
  private readonly byId = new Map<string, Answer>();

  /** @param contentType of the model's answers; of JSON, anything else is an error */
  constructor(private readonly contentType = 'application/json') {}

  add({ captureData, eventMetadata }: Captured): void {
    const id = eventMetadata?.inferenceId;
    if (id) this.byId.set(id, parse(captureData?.endpointOutput, this.contentType));
  }

  get(id: string): Answer | undefined {
    return this.byId.get(id);
  }

  entries(): Iterable<[string, Answer]> {
    return this.byId.entries();
  }
}

/** Compares the answers. @param versions of the two models */
export function compare(
  versions: { readonly champion: string; readonly challenger: string },
  production: Answers,
  shadow: Answers,
): ShadowComparison {
  const labels: Record<string, Record<string, number>> = {};
  const examples: ShadowComparison['examples'][number][] = [];
  const sum = {
    requests: 0,
    rows: 0,
    unanswered: 0,
    errors: 0,
    same: 0,
    difference: 0,
    values: 0,
    max: 0,
    numbers: 0,
  };
  for (const [inferenceId, expected] of production.entries()) {
    const given = shadow.get(inferenceId);
    // A request that the champion refused is no comparison.
    if (expected === 'error') continue;
    if (given === undefined) sum.unanswered += 1;
    else if (given === 'error' || given.length !== expected.length) sum.errors += 1;
    else {
      sum.requests += 1;
      expected.forEach((one, row) => {
        const other = given[row]!;
        sum.rows += 1;
        const [label, otherLabel] = [labelOf(one), labelOf(other)];
        if (label === undefined) sum.numbers += 1;
        else if (otherLabel !== undefined) {
          const counts = (labels[label] ??= {});
          counts[otherLabel] = (counts[otherLabel] ?? 0) + 1;
        }
        if (isSame(one, other)) sum.same += 1;
        else if (examples.length < MAX_EXAMPLES) {
          examples.push({ inferenceId, row, champion: shown(one), challenger: shown(other) });
        }
        for (const difference of differences(one, other)) {
          sum.difference += difference;
          sum.values += 1;
          sum.max = Math.max(sum.max, difference);
        }
      });
    }
  }
  return {
    ...versions,
    answers: sum.numbers > 0 ? 'numbers' : 'classes',
    requests: sum.requests,
    rows: sum.rows,
    unanswered: sum.unanswered,
    errors: sum.errors,
    agreement: sum.rows === 0 ? null : sum.same / sum.rows,
    difference: sum.values === 0 ? null : { mean: sum.difference / sum.values, max: sum.max },
    labels,
    examples,
  };
}

/** Longest text that counts as a class, characters. */
const LABEL_LENGTH = 100;

/** Returns the class of a prediction that has one, a member `label`, or is a short text. */
function labelOf(prediction: Prediction): string | undefined {
  if (typeof prediction === 'string') return prediction.length <= LABEL_LENGTH ? prediction : undefined;
  const label = (prediction as { label?: unknown } | null)?.label;
  return typeof label === 'string' || typeof label === 'number' ? String(label) : undefined;
}

/** Classes are the same by their label; of anything else, every number must be within 1 %, and all else equal. */
function isSame(one: Prediction, other: Prediction): boolean {
  const label = labelOf(one);
  if (label !== undefined) return label === labelOf(other);
  if (typeof one === 'number' && typeof other === 'number') {
    return Math.abs(one - other) <= SAME_SHARE * Math.max(Math.abs(one), Math.abs(other));
  }
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null)
    return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) =>
      isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
    )
  );
}

/** Returns the differences of the numbers that one prediction has; a number that the other has not counts as 0 there. */
function differences(one: Prediction, other: Prediction): number[] {
  if (typeof one === 'number') return [Math.abs(one - (typeof other === 'number' ? other : 0))];
  if (typeof one !== 'object' || one === null) return [];
  const given = (typeof other === 'object' && other !== null ? other : {}) as Record<string, unknown>;
  return Object.entries(one).flatMap(([name, value]) => differences(value, given[name]));
}

function shown(prediction: Prediction): string {
  const label = labelOf(prediction);
  if (label !== undefined) return label;
  return JSON.stringify((prediction as { value?: unknown } | null)?.value ?? prediction).slice(0, MAX_SHOWN);
}

function parse(
  output: { readonly data?: string; readonly encoding?: string } | undefined,
  contentType: string,
): Answer {
  if (output?.data === undefined) return 'error';
  const bytes = Buffer.from(output.data, output.encoding === 'BASE64' ? 'base64' : 'utf8');
  // Bytes are the same or not.
  if (!isText(contentType)) return [{ sha256: createHash('sha256').update(bytes).digest('hex') }];
  const text = bytes.toString('utf8');
  return isJson(contentType) ? parseJson(text) : [fieldsOf(text)];
}

function parseJson(text: string): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return 'error';
  }
  if (typeof answer !== 'object' || answer === null) return [answer];
  // A serving program reports an error as an object of this name.
  if ('error' in answer) return 'error';
  const { predictions } = answer as { predictions?: unknown };
  if (Array.isArray(predictions)) return predictions as unknown[];
  // The version differs between two models in any case.
  const { modelVersion: _, ...rest } = answer as Record<string, unknown>;
  return [Array.isArray(answer) ? answer : rest];
}

/** Returns the fields of text such as `0.12,0.88` if one is a number; otherwise the text. */
function fieldsOf(text: string): Prediction {
  const fields = text
    .trim()
    .split(/[,;\s]+/)
    .map((field) => (field !== '' && Number.isFinite(Number(field)) ? Number(field) : field));
  return fields.some((field) => typeof field === 'number') ? fields : text.trim();
}
