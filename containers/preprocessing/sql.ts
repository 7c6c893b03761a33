/** Returns the name quoted for SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Returns the text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Returns a list of SQL. */
export function list(items: readonly (string | number)[]): string {
  return `[${items.join(', ')}]`;
}

/** Returns the disjunction of conditions; false without any. */
export function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}
