const RFC_3339 =
  /^(?<year>\d{4})-(?<month>0[1-9]|1[0-2])-(?<day>\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Returns milliseconds since the epoch, or undefined if the text is not a timestamp of the States Language: RFC 3339
 * with a capital `T` and a zone.
 */
export function parseTimestamp(text: string): number | undefined {
  const parts = RFC_3339.exec(text)?.groups;
  if (!parts) return undefined;
  // Date.parse accepts the 30th of February as the 1st of March.
  const lastDay = new Date(Date.UTC(Number(parts.year), Number(parts.month), 0)).getUTCDate();
  const day = Number(parts.day);
  return day >= 1 && day <= lastDay ? Date.parse(text) : undefined;
}
