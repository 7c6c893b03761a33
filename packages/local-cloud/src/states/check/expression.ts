import { jsonataSource } from '../language/definition';
import { compile } from '../jsonata/expression';
import type { Location } from './location';

/** The members of `$states` that an expression may read; `result` and `errorOutput` depend on the field. */
const STATES_MEMBERS = ['input', 'context', 'result', 'errorOutput'];
/** Steps that start from the data of an expression; in Step Functions, expressions have no data. */
const NEEDS_DATA: ReadonlySet<string> = new Set(['name', 'wildcard', 'descendant', 'parent']);

interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly steps?: readonly Node[];
  readonly [key: string]: unknown;
}

/** Checks one `{% … %}` string by the rules that Step Functions applies when a state machine is created. */
export function checkExpression(text: string, location: Location): void {
  const source = jsonataSource(text);
  let ast: Node;
  try {
    ast = compile(source).ast() as unknown as Node;
  } catch (error) {
    const { code, message, position } = error as { code?: string; message?: string; position?: number };
    return location.report(
      `The JSONata expression '${source}' is invalid: ${code} ${message}, at character ${position}`,
    );
  }
  const problems = new Set<string>();
  findProblems(ast, false, location, problems);
  for (const problem of problems) location.report(`The JSONata expression '${source}' ${problem}`);
}

/** @param hasData true if the node is evaluated against data: after a step of a path, within a predicate */
function findProblems(node: unknown, hasData: boolean, location: Location, problems: Set<string>): void {
  if (Array.isArray(node)) return node.forEach((item) => findProblems(item, hasData, location, problems));
  if (typeof node !== 'object' || node === null) return;
  const { type, value, steps, ...rest } = node as Node;
  if (type === 'function' && (rest.procedure as Node | undefined)?.value === 'eval') {
    problems.add('calls $eval, which Step Functions does not have; use $parse for JSON text');
  }
  if (!hasData && type === 'variable' && (value === '' || value === '$')) {
    problems.add(`uses $${String(value)} at the top level; start from $states.input or a variable`);
  }
  if (type === 'path' && steps) {
    const [first, second] = steps;
    if (!hasData && NEEDS_DATA.has(first?.type ?? '')) {
      problems.add(`reads ${describe(first!)} at the top level; start from $states.input or a variable`);
    }
    if (first?.type === 'variable' && first.value === 'states') checkReserved(second, location, problems);
    steps.forEach((step, i) => findProblems(step, hasData || i > 0, location, problems));
  }
  for (const [key, member] of Object.entries(rest)) {
    const narrows = key === 'predicate' || key === 'stages' || key === 'group' || type === 'transform';
    findProblems(member, hasData || narrows, location, problems);
  }
}

function describe({ type, value }: Node): string {
  return type === 'name' ? `the field '${String(value)}'` : `'${String(value)}'`;
}

function checkReserved(member: Node | undefined, location: Location, problems: Set<string>): void {
  if (member?.type !== 'name') return;
  const name = String(member.value);
  if (!STATES_MEMBERS.includes(name)) {
    problems.add(`reads $states.${name}; $states holds [${STATES_MEMBERS.join(', ')}]`);
  } else if ((name === 'result' || name === 'errorOutput') && location.reserved !== name) {
    const where =
      name === 'result'
        ? 'Assign and Output of Task, Parallel and Map states'
        : 'Assign and Output of a Catch';
    problems.add(`reads $states.${name}, which exists only in ${where}`);
  }
}
