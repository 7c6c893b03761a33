import type { ShadowComparison } from '../../lib/contract/shadow';

/** A line of a capture file (SageMaker Developer Guide, "Data capture"), as far as it is used. */
export interface Captured {
  readonly captureData?: { readonly endpointOutput?: { readonly data?: string; readonly encoding?: string } };
  readonly eventMetadata?: { readonly inferenceId?: string };
}

interface Prediction {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** What a model answered: predictions, or something else, which is an error. */
type Answer = readonly Prediction[] | 'error';

const MAX_EXAMPLES = 20;

/** Collects answers by the id that joins both models' records of one request. */
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

/** @param versions of the two models */
export function compare(
  versions: { readonly champion: string; readonly challenger: string },
  production: Answers,
  shadow: Answers,
): ShadowComparison {
  const labels: Record<string, Record<string, number>> = {};
  const examples: ShadowComparison['examples'][number][] = [];
  const sum = { requests: 0, rows: 0, unanswered: 0, errors: 0, same: 0, difference: 0, values: 0, max: 0 };
  for (const [inferenceId, expected] of production.entries()) {
    const given = shadow.get(inferenceId);
    // A request that the champion refused says nothing of the shadow.
    if (expected === 'error') continue;
    if (given === undefined) sum.unanswered += 1;
    else if (given === 'error' || given.length !== expected.length) sum.errors += 1;
    else {
      sum.requests += 1;
      expected.forEach((one, row) => {
        const other = given[row]!;
        const counts = (labels[one.label] ??= {});
        counts[other.label] = (counts[other.label] ?? 0) + 1;
        sum.rows += 1;
        if (one.label === other.label) sum.same += 1;
        else if (examples.length < MAX_EXAMPLES) {
          examples.push({ inferenceId, row, champion: one.label, challenger: other.label });
        }
        for (const [name, probability] of Object.entries(one.probabilities)) {
          const difference = Math.abs(probability - (other.probabilities[name] ?? 0));
          sum.difference += difference;
          sum.values += 1;
          sum.max = Math.max(sum.max, difference);
        }
      });
    }
  }
  return {
    ...versions,
    requests: sum.requests,
    rows: sum.rows,
    unanswered: sum.unanswered,
    errors: sum.errors,
    agreement: sum.rows === 0 ? null : sum.same / sum.rows,
    probabilityDifference: sum.values === 0 ? null : { mean: sum.difference / sum.values, max: sum.max },
    labels,
    examples,
  };
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
