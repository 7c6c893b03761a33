import type { WorkingHours } from '../../lib/contract/working-hours';

export const berlin: WorkingHours = {
  ...{ start: '08:00', stop: '18:30', timeZone: 'Europe/Berlin' },
  days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
};

/** A Friday, within and outside of {@link berlin}. */
export const DAY = Date.parse('2026-11-20T10:00:00Z');
export const NIGHT = Date.parse('2026-11-20T20:00:00Z');
/** The next start after {@link NIGHT}, as messages show it. */
export const REOPENS = 'Mon 2026-11-23 08:00 Europe/Berlin';
