import type { ShadowComparison } from '../../lib/contract/shadow';

/** A line of a capture file (SageMaker Developer Guide, "Data capture"); only the fields that are used. */
export interface Captured {
  readonly captureData?: { readonly endpointOutput?: { readonly data?: string; readonly encoding?: string } };
  readonly eventMetadata?: { readonly inferenceId?: string };
}

/** A class, or a number. */
type Prediction =
  | { readonly label: string; readonly probabilities: Readonly<Record<string, number>> }
  | { readonly value: number };

/** A model's answer: predictions, or anything else, which is an error. */
type Answer = readonly Prediction[] | 'error';

const MAX_EXAMPLES = 20;
/** Numbers that differ by at most this share of the greater one count as equal. */
const SAME_SHARE = 0.01;

/** Collects answers by the id that both models' records of a request share. */
export class Answers {
  private readonly byId = new Map<string, Answer>();

  add({ captureData, eventMetadata }: Captured): void {
    const id = eventMetadata?.inferenceId;
    if (id) this.byId.set(id, parse(captureData?.endpointOutput));
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
        if ('value' in one) sum.numbers += 1;
        if ('label' in one && 'label' in other) {
          const counts = (labels[one.label] ??= {});
          counts[other.label] = (counts[other.label] ?? 0) + 1;
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

function isSame(one: Prediction, other: Prediction): boolean {
  if ('label' in one) return 'label' in other && one.label === other.label;
  if ('label' in other) return false;
  const scale = Math.max(Math.abs(one.value), Math.abs(other.value));
  return Math.abs(one.value - other.value) <= SAME_SHARE * scale;
}

function differences(one: Prediction, other: Prediction): number[] {
  if ('value' in one) return 'value' in other ? [Math.abs(one.value - other.value)] : [];
  const probabilities = 'probabilities' in other ? other.probabilities : {};
  return Object.entries(one.probabilities).map(([name, probability]) =>
    Math.abs(probability - (probabilities[name] ?? 0)),
  );
}

function shown(prediction: Prediction): string {
  return 'label' in prediction ? prediction.label : String(prediction.value);
}

function parse(output: { readonly data?: string; readonly encoding?: string } | undefined): Answer {
  const text =
    output?.encoding === 'BASE64' ? Buffer.from(output.data ?? '', 'base64').toString('utf8') : output?.data;
  try {
    const { predictions } = JSON.parse(text ?? '') as { predictions?: Prediction[] };
    return Array.isArray(predictions) ? predictions : 'error';
  } catch {
    return 'error';
  }
}
