import type { Encoding } from '../table/encoding.ts';
import { showValue } from '../table/escape.ts';
import { quoteNames } from '../table/names.ts';

/**
 * Returns why the champion cannot be measured on the candidate's holdout, all reasons in one text; undefined if it can.
 * Columns and classes are compared by name: their order, and those that only one of the two has, do not matter.
 *
 * @param columns that every file of the holdout has
 */
export function whyIncomparable(
  candidate: Encoding,
  champion: Encoding,
  columns: ReadonlySet<string>,
): string | undefined {
  const reasons = [...labelReasons(candidate, champion), ...featureReasons(candidate, champion, columns)];
  return reasons.length > 0 ? reasons.join('; ') : undefined;
}

function labelReasons({ label }: Encoding, { label: other }: Encoding): string[] {
  const reasons: string[] = [];
  const task = { class: 'classification', number: 'regression' };
  if (other.name !== label.name) {
    reasons.push(`it predicts the column ${showValue(other.name)}, not ${showValue(label.name)}`);
  }
  if (other.kind !== label.kind) {
    reasons.push(`its task is ${task[other.kind]}, not ${task[label.kind]}`);
  } else if (other.kind === 'class' && label.kind === 'class') {
    const { classes } = label;
    if (!other.classes.some((name) => classes.includes(name))) {
      reasons.push(`its classes are ${quoteNames(other.classes)}, none of ${quoteNames(classes)}`);
    }
  }
  return reasons;
}

function featureReasons(candidate: Encoding, champion: Encoding, columns: ReadonlySet<string>): string[] {
  const absent = champion.features.filter(({ name }) => !columns.has(name)).map(({ name }) => name);
  const types = new Map(candidate.features.map(({ name, type }) => [name, type]));
  const retyped = champion.features.filter(({ name, type }) => (types.get(name) ?? type) !== type);
  return [
    ...(absent.length > 0
      ? [`it needs columns that not all rows of the holdout have: ${quoteNames(absent, 5)}`]
      : []),
    ...retyped.map(
      ({ name, type }) => `its feature ${showValue(name)} has the type ${type}, not ${types.get(name)}`,
    ),
  ];
}
