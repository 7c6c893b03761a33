/** A policy document that IAM would refuse, or that this evaluator cannot judge as AWS does. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}

/** Makes the error for a problem; whoever hands it on has put the place in the document into it. */
export type Fault = (problem: string) => MalformedPolicy;

/** The same fault, one element further in. */
export function within(fault: Fault, element: string): Fault {
  return (problem) => fault(`${element}: ${problem}`);
}

/** A value of the document as it reads there. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An element that takes one string or several: the strings, of which there is at least one. */
export function strings(value: unknown, fault: Fault): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw fault('is empty; name at least one value, or leave the element out.');
  return list.map((each) => {
    if (typeof each === 'string' && each !== '') return each;
    throw fault(`${shown(each)} is not a value here; use a string that is not empty.`);
  });
}
