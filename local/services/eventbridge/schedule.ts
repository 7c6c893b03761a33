const UNITS = ['minute', 'minutes', 'hour', 'hours', 'day', 'days'];

/** Why a schedule expression is none; `undefined` for a good one (EventBridge user guide, "Schedule pattern"). */
export function scheduleProblem(expression: string): string | undefined {
  const rate = /^rate\((\d+) (\w+)\)$/.exec(expression);
  if (rate) {
    const [, value, unit = ''] = rate;
    if (!UNITS.includes(unit)) return `the unit '${unit}' is none of ${UNITS.join(', ')}`;
    if (Number(value) < 1) return 'the rate must be at least 1';
    const singular = !unit.endsWith('s');
    return (Number(value) === 1) === singular
      ? undefined
      : `a rate of ${value} needs a ${singular ? 'plural' : 'singular'} unit`;
  }
  const cron = /^cron\((.+)\)$/.exec(expression);
  const fields = cron?.[1]?.split(' ') ?? [];
  if (!cron) return 'it must be rate(value unit) or cron(minutes hours day-of-month month day-of-week year)';
  if (fields.length !== 6) return `cron needs 6 fields, not ${fields.length}`;
  if ((fields[2] === '?') === (fields[4] === '?'))
    return 'exactly one of day-of-month and day-of-week must be ?';
  const bad = fields.find((field) => !/^[\w*?,/#-]+$/.test(field));
  return bad === undefined ? undefined : `the field '${bad}' has characters that are not allowed`;
}
