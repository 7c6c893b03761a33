/** Returns the name quoted for SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Returns the text as an expression of SQL: a literal, unless it holds zero bytes, which would end the statement. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\0') ? `(${quoted.replaceAll('\0', "' || chr(0) || '")})` : quoted;
}

/** Returns the type of the values, in their order. */
export function enumeration(values: readonly string[]): string {
  const texts = values.map(literal).join(', ');
  return values.some((value) => value.includes('\0'))
    ? `ENUM (SELECT unnest([${texts}]))`
    : `ENUM (${texts})`;
}

/** Returns a list of SQL. */
export function list(items: readonly (string | number)[]): string {
  return `[${items.join(', ')}]`;
}

/** Returns the disjunction of conditions; false without any. */
export function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}
