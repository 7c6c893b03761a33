const HOUR_MS = 3_600_000;

/** Returns the folders `yyyy/mm/dd/hh` of captured requests between two times, both included. */
export function captureHours(from: Date, until: Date): string[] {
  const first = Math.floor(from.getTime() / HOUR_MS);
  const last = Math.floor(until.getTime() / HOUR_MS);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    new Date((first + i) * HOUR_MS).toISOString().slice(0, 13).replace(/[-T]/g, '/'),
  );
}
