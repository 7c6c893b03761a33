import type { Encoding } from '../table/encoding.ts';
import { cellRules, type CellRules } from '../table/cell-faults.ts';
import type { Schema } from '../table/schema.ts';

/** A column of the table that this program creates from the files. */
export interface Column extends CellRules {
  /** True to treat a bad cell as an empty one. */
  readonly lenient: boolean;
  /** Name in the database. */
  readonly sql: string;
}

/** The table's columns by role. */
export interface Columns {
  readonly label: Column;
  readonly features: readonly Column[];
  readonly id: Column | null;
  /** One of the features, or a separate column. */
  readonly time: Column | null;
  /** Columns that the champion needs and the schema does not have. */
  readonly extras: readonly Column[];
  /** Every column once. */
  readonly all: readonly Column[];
}

/**
 * Returns the columns.
 *
 * @param champion the columns that it needs; null without a champion
 * @param timeType of the time column, where the schema does not declare it as a feature
 * @param shared columns that every file has
 */
export function tableColumns(
  schema: Schema,
  champion: Encoding | null,
  timeType: 'number' | 'datetime',
  shared: ReadonlySet<string>,
): Columns {
  const rules = cellRules(schema, timeType);
  const known = new Set(
    rules.filter(({ role }) => role === 'label' || role === 'feature').map(({ name }) => name),
  );
  const needed = (champion?.features ?? []).filter(({ name }) => !known.has(name) && shared.has(name));
  const extraRules = needed.map(({ name, type }) => ({ ...EXTRA, name, type }));
  const all = [...rules, ...extraRules].map((rule, index) => ({
    ...rule,
    lenient: index >= rules.length,
    sql: `x${index}`,
  }));
  const own = all.slice(0, rules.length);
  return {
    label: all[0]!,
    features: own.filter(({ role }) => role === 'feature'),
    id: own.find(({ role }) => role === 'id') ?? null,
    time:
      own.find(({ name, role }) => name === schema.timeColumn && (role === 'time' || role === 'feature')) ??
      null,
    extras: all.slice(rules.length),
    all,
  };
}

const EXTRA = { role: 'feature', required: false, values: null, min: null, max: null } as const;
