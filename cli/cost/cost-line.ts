/** Hours of a month, as AWS counts them. */
export const MONTH_HOURS = 730;

export interface CostLine {
  readonly what: string;
  /** `rest`: without runs and requests. */
  readonly when: 'rest' | 'runs' | 'requests';
  readonly how: string;
  /** USD a month; null if the price table has no price. */
  readonly usd: number | null;
}

export function rest(what: string, how: string, usd: number | null): CostLine {
  return { what, when: 'rest', how, usd };
}
