import type { Input } from '../../core/service';
import { invalid } from './faults';

const MAX_BATCH_BYTES = 1_048_576;
/** Bytes that each event counts in addition to its message (PutLogEvents reference). */
const EVENT_OVERHEAD_BYTES = 26;

/** @throws ServiceError for a batch that PutLogEvents refuses as a whole */
export function checkBatch(events: NonNullable<Input<'cloudwatchlogs', 'PutLogEvents'>['logEvents']>): void {
  const bytes = events.reduce(
    (sum, { message = '' }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES,
    0,
  );
  const times = events.map(({ timestamp }) => timestamp ?? 0);
  const problem =
    bytes > MAX_BATCH_BYTES
      ? `Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`
      : times.some((time, i) => i > 0 && time < times[i - 1]!)
        ? 'Log events in a single PutLogEvents request must be in chronological order.'
        : undefined;
  if (problem) throw invalid(problem);
}
