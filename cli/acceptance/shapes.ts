/** Member paths of an answer with the types of their values, sorted: `TrainingJobStatus: string`. */
export type Shape = readonly string[];

/** Shapes by operation, `sagemaker:DescribeTrainingJob`. They hold no value, so no id of an account. */
export type Shapes = Readonly<Record<string, Shape>>;

/** Members whose keys are names of the user: their values only are described. */
const MAPS: ReadonlySet<string> = new Set(['Environment', 'HyperParameters', 'environment']);

/** Returns the shape of an answer of an SDK client. */
export function shapeOf(answer: object): Shape {
  const paths = new Set<string>();
  const walk = (value: unknown, path: string, name: string) => {
    if (value === undefined || name === '$metadata') return;
    if (Array.isArray(value)) {
      if (value.length === 0) paths.add(`${path}: []`);
      for (const item of value) walk(item, `${path}[]`, '');
      return;
    }
    if (typeof value !== 'object' || value === null || value instanceof Date) {
      paths.add(`${path}: ${value === null ? 'null' : value instanceof Date ? 'date' : typeof value}`);
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      const step = MAPS.has(name) ? '*' : key;
      walk(member, path === '' ? step : `${path}.${step}`, key);
    }
  };
  walk(answer, '', '');
  return [...paths].sort();
}

export interface ShapeDifference {
  readonly operation: string;
  /** Here, and not in the known answer. */
  readonly added: Shape;
  /** In the known answer, and not here. */
  readonly missing: Shape;
}

/** Returns the operations whose answers differ from the known ones, or that only one side has. */
export function compareShapes(known: Shapes, seen: Shapes): ShapeDifference[] {
  const operations = [...new Set([...Object.keys(known), ...Object.keys(seen)])].sort();
  return operations.flatMap((operation) => {
    const [before, now] = [known[operation] ?? [], seen[operation] ?? []];
    const added = now.filter((path) => !before.includes(path));
    const missing = before.filter((path) => !now.includes(path));
    return added.length + missing.length > 0 ? [{ operation, added, missing }] : [];
  });
}
