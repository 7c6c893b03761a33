import type {
  CategoryInput,
  ClassLabel,
  Encoding,
  FeatureEncoding,
  Input,
  NumberLabel,
} from '../../containers/table/encoding.ts';
import { escapeText } from '../../containers/table/escape.ts';
import { datetimeParts, inputNames, TEXT_BUCKETS, valueWidth } from '../../containers/table/inputs.ts';
import {
  MAX_CLASSES,
  MAX_VALUES,
  type NumberStatistics,
  type ValueStatistics,
} from '../../containers/table/report.ts';
import type { Feature, Schema } from '../../containers/table/schema.ts';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { median, type Totals } from './statistics';

/** Values of a category with a separate code, the most frequent ones; the others share one. */
const MAX_CODES = 1_000;

/**
 * Learns the encoding of rows as the model's inputs from the training rows.
 *
 * @param columns all columns of the data files
 * @throws PipelineError `InvalidData` naming every column that cannot be used
 */
export function learnEncoding(schema: Schema, totals: Totals, columns: readonly string[]): Encoding {
  const faults: string[] = [];
  const attempt = <T>(learn: () => T): T | undefined => {
    try {
      return learn();
    } catch (error) {
      if (!(error instanceof ColumnFault)) throw error;
      faults.push(error.message);
      return undefined;
    }
  };
  const label = attempt(() => learnLabel(schema, totals));
  const features = schema.features.map((feature) => attempt(() => learnFeature(feature, totals)));
  if (faults.length > 0) throw new PipelineError(ErrorName.InvalidData, faults.join('\n'));
  const learnt = features as FeatureEncoding[];
  const names = new Set(schema.features.map(({ name }) => name));
  return {
    formatVersion: 1,
    label: label!,
    features: learnt,
    inputs: learnt.flatMap(inputsOf),
    ignored: columns.filter((column) => !names.has(column)),
  };
}

/** A fault of one column. */
class ColumnFault extends Error {}

function learnLabel({ task, label, classes }: Schema, totals: Totals): ClassLabel | NumberLabel {
  const name = escapeText(label);
  if (task === 'regression') {
    const { rows, missing, sum, low, high, quantiles } = totals.label.train as NumberStatistics;
    if (low === null || high === null || low === high) {
      throw new ColumnFault(
        `label "${name}": every training row has ${low ?? 'no value'}; a model needs rows with different values`,
      );
    }
    const used = rows - missing;
    return {
      kind: 'number',
      name: label,
      rows: used,
      mean: sum / used,
      median: median(quantiles),
      low,
      high,
    };
  }
  const train = new Map((totals.label.train as ValueStatistics).counts);
  const others = [totals.label.validation, totals.label.test] as ValueStatistics[];
  const distinct = Math.max(
    ...[totals.label.train as ValueStatistics, ...others].map((each) => each.distinct),
  );
  if (distinct > MAX_CLASSES) {
    throw new ColumnFault(
      `label "${name}": has ${distinct}${distinct > MAX_VALUES ? ' or more' : ''} different values, at most ` +
        `${MAX_CLASSES} classes are allowed; for numbers set "task": "regression", or name another column`,
    );
  }
  const found = new Set([...train.keys(), ...others.flatMap(({ counts }) => counts.map(([value]) => value))]);
  const all = classes ?? [...found].sort(byValue);
  for (const missing of all.filter((each) => !train.has(each))) {
    const rows = others.flatMap(({ counts }) => counts).filter(([value]) => value === missing);
    const elsewhere = rows.reduce((total, [, count]) => total + count, 0);
    throw new ColumnFault(
      `label "${name}": class "${escapeText(missing)}" has no row in the train split and ${elsewhere} in the others; ` +
        'add rows of it, or list the "classes" of the schema without it',
    );
  }
  if (all.length < 2) {
    throw new ColumnFault(
      `label "${name}": every row has the class "${escapeText(all[0] ?? '')}"; a model needs rows of at least two classes`,
    );
  }
  return { kind: 'class', name: label, classes: all, counts: all.map((each) => train.get(each)!) };
}

function learnFeature(feature: Feature, totals: Totals): FeatureEncoding {
  const { name, missing } = feature;
  const statistics = totals.features.get(name);
  if (!statistics || statistics.rows - statistics.missing === 0) {
    throw new ColumnFault(
      `column "${escapeText(name)}": no training row has a value; remove it from the schema's "features"`,
    );
  }
  switch (feature.type) {
    case 'number': {
      const { low, high, quantiles } = statistics as NumberStatistics;
      const { min, max } = feature;
      return { name, type: 'number', missing, fill: median(quantiles), low: low!, high: high!, min, max };
    }
    case 'datetime': {
      const { low, high, quantiles } = statistics as NumberStatistics;
      return { name, type: 'datetime', missing, fill: median(quantiles), low: low!, high: high! };
    }
    case 'boolean': {
      const counts = new Map((statistics as ValueStatistics).counts);
      const fill = (counts.get('true') ?? 0) > (counts.get('false') ?? 0) ? 1 : 0;
      return { name, type: 'boolean', missing, fill };
    }
    case 'category':
      return { name, type: 'category', missing, values: learnValues(feature, statistics as ValueStatistics) };
    case 'text':
      return { name, type: 'text', missing, buckets: TEXT_BUCKETS };
  }
}

function learnValues({ name, values }: Feature, { distinct, counts }: ValueStatistics): readonly string[] {
  if (distinct > MAX_VALUES) {
    throw new ColumnFault(
      `column "${escapeText(name)}": has more than ${MAX_VALUES} different values, too many for a category; declare it ` +
        'as text if its words have a meaning, or remove it: an identifier predicts nothing for other rows',
    );
  }
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([value]) => value);
  // Declared values without a training row come last.
  const all = values ? [...new Set([...frequent, ...values])] : frequent;
  return all.slice(0, MAX_CODES);
}

/** Returns the feature's columns in the matrix. */
export function inputsOf(feature: FeatureEncoding): Input[] {
  const names = inputNames(feature);
  const number = (name: string, fill: number): Input => ({ kind: 'number', name, fill });
  const flag = names.slice(valueWidth(feature.type)).map((name) => number(name, 0));
  const values = names.slice(0, valueWidth(feature.type));
  switch (feature.type) {
    case 'number':
    case 'boolean':
      return [number(values[0]!, feature.fill), ...flag];
    case 'datetime': {
      const parts = datetimeParts(feature.fill);
      return [...values.map((name, part) => number(name, parts[part]!)), ...flag];
    }
    case 'text':
      return [...values.map((name) => number(name, 0)), ...flag];
    case 'category':
      return [categoryInput(feature.name, feature.values, feature.missing === 'own-value')];
  }
}

function categoryInput(name: string, values: readonly string[], ownValue: boolean): CategoryInput {
  // The most frequent value comes first.
  return { kind: 'category', name, values, fill: ownValue ? values.length + 1 : 0 };
}

/** Compares numbers by value, anything else by its text. */
function byValue(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0);
}
