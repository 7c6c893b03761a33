/** Returns a generator of random numbers for the examples: the same on every machine (Mulberry32). */
export function seeded(seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    /** Picks one of `values`, by weight. */
    pick: (weights) => {
      let left = uniform() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
      return (
        Object.entries(weights).find(([, weight]) => (left -= weight) < 0)?.[0] ?? Object.keys(weights)[0]
      );
    },
  };
}

/** Returns a CSV table; null is an empty cell. */
export function csv(rows) {
  const cell = (value) =>
    value === null ? '' : /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value;
  const lines = rows.map((row) => Object.values(row).map(cell).join(','));
  return `${[Object.keys(rows[0]).join(','), ...lines].join('\n')}\n`;
}
