import { TableError } from './errors.ts';
import { showValue } from './escape.ts';
import type { FeatureType, Schema } from './schema.ts';

const NUMERIC: readonly FeatureType[] = ['number', 'boolean'];

/**
 * Checks that the splits can be written as numbers, for programs that read nothing else: every feature is a number or a
 * boolean (1 or 0), and the schema has the order of the classes, whose index is written.
 *
 * @param file name of the schema in messages
 * @throws TableError naming every column that is not a number, its kind, and what to do
 */
export function checkNumbersOnly({ features, task, classes, label }: Schema, file: string): void {
  const faults = features
    .filter(({ type }) => !NUMERIC.includes(type))
    .map(
      ({ name, type }) =>
        `${file}: feature ${showValue(name)} has the type ${type}; with \`splits\` it must be ${NUMERIC.join(' or ')}: ` +
        'write it as numbers in the data, or remove it from "features"',
    );
  if (task === 'classification' && classes === null) {
    faults.push(
      `${file}: "classes" is missing; with \`splits\` list every class of ${showValue(label)}: its position in the list, ` +
        'from 0, is what training reads',
    );
  }
  if (faults.length > 0) throw new TableError(faults.join('\n'));
}
