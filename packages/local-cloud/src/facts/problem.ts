/** One rule that a value violates, in the terms of AWS's models. */
export type Constraint =
  | { kind: 'required' }
  | { kind: 'unknown' }
  | { kind: 'type'; types: readonly string[] }
  | { kind: 'enum'; values: readonly (string | number)[] }
  | { kind: 'minimum' | 'maximum'; limit: number }
  | { kind: 'minLength' | 'maxLength'; limit: number }
  | { kind: 'minItems' | 'maxItems'; limit: number }
  | { kind: 'minProperties'; limit: number }
  | { kind: 'uniqueItems' }
  | { kind: 'oneOf' | 'anyOf'; matches: number; of: number }
  | { kind: 'pattern'; pattern: string };

/** A value that violates a constraint. */
export interface Problem {
  /** The position of the value: `tags.1.member.key` in a request, `#/Tags/0/Key` in a resource's properties. */
  path: string;
  value: unknown;
  constraint: Constraint;
  /** AWS's message. */
  message: string;
  /** The part of the message about the rule: "Member must have length less than or equal to 64". */
  rule?: string;
  /** The service's own message, which replaces the common form. */
  says?: string;
}

/** Returns "Member must …", as services that report "N validation errors detected" write a rule. */
export function memberRule(constraint: Constraint): string {
  switch (constraint.kind) {
    case 'required':
      return 'Member must not be null';
    case 'enum':
      return `Member must satisfy enum value set: [${constraint.values.join(', ')}]`;
    case 'minimum':
      return `Member must have value greater than or equal to ${constraint.limit}`;
    case 'maximum':
      return `Member must have value less than or equal to ${constraint.limit}`;
    case 'minLength':
    case 'minItems':
      return `Member must have length greater than or equal to ${constraint.limit}`;
    case 'maxLength':
    case 'maxItems':
      return `Member must have length less than or equal to ${constraint.limit}`;
    case 'pattern':
      return `Member must satisfy regular expression pattern: ${constraint.pattern}`;
    default:
      return `Member must satisfy constraint: ${constraint.kind}`;
  }
}

/** The largest number of characters of a value in a message; AWS has no such limit. */
const SHOWN = 1_000;

/** Returns a value as Java prints it: `[a, b]`, `{k=v}`. A structure has no such form: it is printed as JSON. */
export function shown(value: unknown): string {
  const text = printed(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** Returns a map of texts as Java prints it. */
export function shownMap(map: object): string {
  const entries = Object.entries(map).map(([key, value]) => `${key}=${printed(value)}`);
  return `{${entries.join(', ')}}`.slice(0, SHOWN);
}
