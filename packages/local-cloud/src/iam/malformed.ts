/** A policy document that IAM refuses, or that this evaluator cannot evaluate as AWS does. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}

/** Makes the error for a problem, with the location in the document. */
export type Fault = (problem: string) => MalformedPolicy;

/** Returns the same fault for a nested element. */
export function within(fault: Fault, element: string): Fault {
  return (problem) => fault(`${element}: ${problem}`);
}

/** Returns a value of the document as text for messages. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the strings of an element that takes one string or several. There is at least one. */
export function strings(value: unknown, fault: Fault): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw fault('is empty; give at least one value, or remove the element.');
  return list.map((each) => {
    if (typeof each === 'string' && each !== '') return each;
    throw fault(`${shown(each)} is not a valid value; use a string that is not empty.`);
  });
}
