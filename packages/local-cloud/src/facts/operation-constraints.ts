import { serviceShapes, type ServiceShapes, type ShapeFacts } from './operation-facts';
import { whole } from './patterns';
import { memberRule, shown, shownMap, type Constraint, type Problem } from './problem';
import { refusalOf, type Refusal } from './service-sentences';

/**
 * Returns every violation of the service's API model by an operation's input: missing members, enumerations, lengths,
 * ranges and patterns, at any depth. Values of a type other than the model's are not checked.
 *
 * @param service the SDK's service id in lower case without spaces
 * @param input the SDK's input of the operation
 */
export function constraintProblems(service: string, operation: string, input: object): Problem[] {
  const shapes = serviceShapes(service);
  const shape = shapes.input(operation);
  if (!shape) return [];
  const problems: Problem[] = [];
  new Check(shapes, problems).structure(shape, input, '');
  return problems;
}

/** Returns the service's answer to an input that violates its model; undefined if the input does not. */
export function refusal(
  service: string,
  operation: string,
  problems: readonly Problem[],
): Refusal | undefined {
  if (problems.length === 0) return undefined;
  const shapes = serviceShapes(service);
  const input = shapes.input(operation);
  const payload = input === undefined ? undefined : shapes.shape(input).payload;
  return refusalOf(service, { name: operation, payload }, problems);
}

class Check {
  constructor(
    private readonly shapes: ServiceShapes,
    private readonly problems: Problem[],
  ) {}

  structure(shape: string, value: unknown, path: string): void {
    if (!isRecord(value)) return;
    for (const name of this.shapes.shape(shape).required ?? []) {
      if (value[name] !== undefined && value[name] !== null) continue;
      this.add({ path: join(path, name), value: null, text: () => 'null' }, { kind: 'required' }, {});
    }
    for (const [name, facts, target] of this.shapes.members(shape)) {
      if (value[name] === undefined || value[name] === null) continue;
      this.value(facts, target, value[name], join(path, name));
    }
  }

  private value(facts: ShapeFacts, shape: string, value: unknown, path: string): void {
    if (facts.list) return this.list(facts, value, path);
    if (facts.map) return this.map(facts, value, path);
    if (isStructure(facts)) return this.structure(shape, value, path);
    const at = { path, value, text: () => shown(value), sensitive: facts.sensitive };
    for (const constraint of violations(facts, value)) this.add(at, constraint, facts);
  }

  /**
   * Adds the violations of a list. AWS reports texts and numbers in a list as one violation of the list, with all of
   * their rules (FSx: `subnetIds`).
   */
  private list(facts: ShapeFacts, value: unknown, path: string): void {
    if (!Array.isArray(value)) return;
    const at = { path, value, text: () => shown(value), sensitive: facts.sensitive };
    for (const constraint of sizes(facts, value.length)) this.add(at, constraint, facts);
    if (!facts.item) return;
    const item = this.shapes.shape(facts.item);
    if (isCompound(item)) {
      value.forEach((member, index) => this.value(item, facts.item!, member, `${path}.${index + 1}.member`));
    } else {
      this.parts(at, item, value, 'Member must satisfy constraint');
    }
  }

  private map(facts: ShapeFacts, value: unknown, path: string): void {
    if (!isRecord(value)) return;
    const at = { path, value, text: () => shownMap(value), sensitive: facts.sensitive };
    for (const constraint of sizes(facts, Object.keys(value).length)) this.add(at, constraint, facts);
    if (facts.key)
      this.parts(at, this.shapes.shape(facts.key), Object.keys(value), 'Map keys must satisfy constraint');
    if (!facts.value) return;
    const item = this.shapes.shape(facts.value);
    if (isCompound(item)) {
      for (const [name, member] of Object.entries(value))
        this.value(item, facts.value, member, `${path}.${name}.member`);
    } else {
      this.parts(at, item, Object.values(value), 'Map value must satisfy constraint');
    }
  }

  /** Adds one problem for the texts or numbers of a list or a map, with all of their rules. */
  private parts(at: Position, facts: ShapeFacts, parts: readonly unknown[], lead: string): void {
    const [first] = parts.flatMap((part) => violations(facts, part));
    if (!first) return;
    const sensitive = at.sensitive ?? facts.sensitive;
    this.add({ ...at, sensitive }, first, facts, `${lead}: [${rules(facts).map(memberRule).join(', ')}]`);
  }

  private add(
    { path, value, text, sensitive }: Position,
    constraint: Constraint,
    { says }: ShapeFacts,
    rule = memberRule(constraint),
  ): void {
    const quoted = value === null ? ' null' : sensitive ? '' : ` '${text()}'`;
    const message = says ?? `Value${quoted} at '${path}' failed to satisfy constraint: ${rule}`;
    this.problems.push({ path, value, constraint, message, rule, ...(says && { says }) });
  }
}

/** A value of the input, and its text for messages, unless it is sensitive. */
interface Position {
  path: string;
  value: unknown;
  text: () => string;
  sensitive?: true;
}

const isStructure = ({ members, required }: ShapeFacts) => members !== undefined || required !== undefined;

const isCompound = (facts: ShapeFacts) => isStructure(facts) || facts.list === true || facts.map === true;

/** Returns every rule of a text or a number, in the order in which AWS lists them. */
function rules({ enum: values, min, max, pattern }: ShapeFacts): Constraint[] {
  return [
    ...(max === undefined ? [] : [{ kind: 'maxLength', limit: max } as const]),
    ...(min === undefined ? [] : [{ kind: 'minLength', limit: min } as const]),
    ...(pattern === undefined ? [] : [{ kind: 'pattern', pattern } as const]),
    ...(values === undefined ? [] : [{ kind: 'enum', values } as const]),
  ];
}

/** Returns the violated rules. AWS reports a text's pattern before its length (EventBridge Scheduler: `name`). */
function violations(facts: ShapeFacts, value: unknown): Constraint[] {
  const { enum: values, pattern, min = -Infinity, max = Infinity } = facts;
  if (typeof value === 'number' || typeof value === 'bigint') {
    return [
      ...(values && !values.includes(Number(value)) ? [{ kind: 'enum', values } as const] : []),
      ...(value < min ? [{ kind: 'minimum', limit: min } as const] : []),
      ...(value > max ? [{ kind: 'maximum', limit: max } as const] : []),
    ];
  }
  if (value instanceof Uint8Array) return sizes(facts, value.byteLength);
  if (typeof value !== 'string') return [];
  return [
    ...(values && !values.includes(value) ? [{ kind: 'enum', values } as const] : []),
    ...(pattern !== undefined && !whole(pattern).test(value) ? [{ kind: 'pattern', pattern } as const] : []),
    ...sizes(facts, value.length),
  ];
}

function sizes({ min = 0, max = Infinity }: ShapeFacts, length: number): Constraint[] {
  if (length < min) return [{ kind: 'minLength', limit: min }];
  return length > max ? [{ kind: 'maxLength', limit: max }] : [];
}

/**
 * Returns the path of a member. Members' names begin with a small letter in AWS's messages, whatever the API's own
 * case.
 */
function join(path: string, name: string): string {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return path ? `${path}.${member}` : member;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
