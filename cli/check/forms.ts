import type { GoldenRequest } from '../../lib/contract/golden';

export interface Estimate {
  readonly value: number | null;
  readonly interval: readonly number[] | null;
}
export type Estimates = Readonly<Record<string, Estimate>>;

/** `evaluation.json`, as far as it is checked. */
export interface Evaluation {
  readonly task: 'classification' | 'regression';
  readonly holdout: { readonly rows: number; readonly sha256: string };
  readonly bootstrap: { readonly resamples: number; readonly confidence: number };
  readonly naive: { readonly description: string; readonly metrics: Estimates };
  readonly candidate: { readonly version: string; readonly metrics: Estimates };
  readonly champion:
    | { readonly version: string; readonly metrics: Estimates }
    | { readonly version: string; readonly incomparable: string }
    | null;
  readonly differences: Estimates | null;
  readonly advantages: Estimates;
  readonly agreement: { readonly rows: number; readonly metrics: Readonly<Record<string, number | null>> };
}

/** Requires a value of a form; `path` names it in the error's message. */
type Form = (value: unknown, path: string) => void;

function fault(path: string, value: unknown, allowed: string): never {
  const shown = (JSON.stringify(value) ?? 'missing').slice(0, 100);
  throw new Error(`${path} is ${shown}; must be ${allowed}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Form = (value, path) => {
  if (typeof value !== 'string' || value === '') fault(path, value, 'a text');
};
const count: Form = (value, path) => {
  if (!Number.isInteger(value) || (value as number) < 1) fault(path, value, 'a whole number of at least 1');
};
const number: Form = (value, path) => {
  if (typeof value !== 'number') fault(path, value, 'a number');
};
const orNull =
  (form: Form): Form =>
  (value, path) => {
    if (value !== null) form(value, path);
  };
const object =
  (fields: Readonly<Record<string, Form>>): Form =>
  (value, path) => {
    if (!isObject(value)) fault(path, value, 'an object');
    for (const [name, form] of Object.entries(fields)) form(value[name], path ? `${path}.${name}` : name);
  };
const record =
  (form: Form): Form =>
  (value, path) => {
    if (!isObject(value)) fault(path, value, 'an object');
    for (const [name, each] of Object.entries(value)) form(each, `${path}.${name}`);
  };

const interval: Form = (value, path) => {
  const [low, high] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof low !== 'number' || typeof high !== 'number' || low > high)
    fault(path, value, '[low, high], or null');
};
const estimates = record(object({ value: orNull(number), interval: orNull(interval) }));

const champion: Form = (value, path) => {
  if (isObject(value) && 'incomparable' in value) object({ version: text, incomparable: text })(value, path);
  else object({ version: text, metrics: estimates })(value, path);
};

const evaluation = object({
  task: (value, path) => {
    if (value !== 'classification' && value !== 'regression')
      fault(path, value, 'classification or regression');
  },
  holdout: object({ rows: count, sha256: text }),
  bootstrap: object({ resamples: count, confidence: number }),
  naive: object({ description: text, metrics: estimates }),
  candidate: object({ version: text, metrics: estimates }),
  champion: orNull(champion),
  differences: orNull(estimates),
  advantages: estimates,
  agreement: object({ rows: count, metrics: record(orNull(number)) }),
});

/** Returns the content of evaluation.json. @throws Error that names the first field of another form */
export function evaluationForm(value: unknown): Evaluation {
  evaluation(value, '');
  return value as Evaluation;
}

/** Returns the content of golden.json. @throws Error that names the first field of another form */
export function goldenForm(value: unknown): GoldenRequest[] {
  if (!Array.isArray(value) || value.length === 0) fault('golden.json', value, 'a list of requests');
  for (const [index, request] of (value as unknown[]).entries()) {
    object({ contentType: text })(request, `golden.json[${index}]`);
    const { body, bodyBase64, answer } = request as Record<string, unknown>;
    if ((typeof body === 'string') === (typeof bodyBase64 === 'string')) {
      fault(`golden.json[${index}]`, Object.keys(request as object), 'with either "body" or "bodyBase64"');
    }
    if (answer === undefined) fault(`golden.json[${index}].answer`, answer, "the server's answer");
  }
  return value as GoldenRequest[];
}
