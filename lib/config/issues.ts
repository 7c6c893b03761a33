import type * as z from 'zod';
import type { core } from 'zod';
import { shown } from '../contract/shown';
import { HYPERPARAMETER_KINDS } from './model-parts';
import { DEPLOYMENT_STRATEGIES, SERVING_KINDS } from './serving';
import { INPUT_MODES } from './training-input';

/** Returns the faults of a value: field, value, allowed values. */
export function faultsOf(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value, { reportInput: true });
  return parsed.success ? [] : parsed.error.issues.map(describe);
}

function describe(issue: core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0]!].map(String).join('.');
    return `${path} is not a configuration field; remove it (docs/configuration.md lists all fields)`;
  }
  const chosen = alternative(issue);
  if (chosen) return describe(chosen);
  const field = issue.path.map(String);
  // The fault is the last word of the path itself.
  if (issue.code === 'invalid_key') return `${field.join('.')} is not allowed; ${allowed(issue)}`;
  // The issue of a discriminated union holds the whole object as its input; the value of the discriminating field is
  // shown.
  const value =
    issue.code === 'invalid_union' && issue.discriminator !== undefined
      ? (issue.input as Record<string, unknown> | undefined)?.[field.at(-1)!]
      : issue.input;
  return `${field.join('.')} is ${shown(value)}; ${allowed(issue)}`;
}

/** Returns the first fault of the alternative that was meant, by its shape: an object with these fields, or a text. */
function alternative(issue: core.$ZodIssue): core.$ZodIssue | undefined {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return undefined;
  // The one with the faults farthest inside the value is the one that matches best.
  const depth = (issues: readonly core.$ZodIssue[]) => Math.max(...issues.map(({ path }) => path.length));
  const wrongType = (issues: readonly core.$ZodIssue[]) =>
    issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
  const unknownField = (issues: readonly core.$ZodIssue[]) =>
    issues.some(({ code }) => code === 'unrecognized_keys');
  const ranked = [...issue.errors].sort(
    (a, b) =>
      Number(wrongType(a)) - Number(wrongType(b)) ||
      Number(unknownField(a)) - Number(unknownField(b)) ||
      depth(b) - depth(a),
  );
  const [first] = ranked[0]!;
  return first && { ...first, path: [...issue.path, ...first.path] };
}

/** Allowed values of the fields that discriminate unions. */
const UNIONS: Readonly<Record<string, readonly string[]>> = {
  kind: SERVING_KINDS,
  strategy: DEPLOYMENT_STRATEGIES,
  mode: INPUT_MODES,
};

/** What a limit counts. @param origin the type of what is limited */
function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}

function allowed(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'an integer' : `a value of type ${issue.expected}`}`;
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${String(issue.minimum)}${unit(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${String(issue.maximum)}${unit(issue.origin)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'custom':
      return `must be ${issue.message}`;
    case 'invalid_format':
      return `must be ${issue.format === 'regex' ? issue.message : `a value of the form ${issue.format}`}`;
    case 'invalid_key':
      return `its name must be ${issue.issues.map(({ message }) => message).join(', ')}`;
    case 'invalid_union': {
      const choices =
        issue.path[0] === 'hyperparameters' ? HYPERPARAMETER_KINDS : UNIONS[String(issue.path.at(-1))];
      return choices ? `must be one of ${choices.join(', ')}` : issue.message;
    }
    default:
      return issue.message;
  }
}
