import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * The nice value of programs that would have their own machine in AWS. With 2 they get two fifths of a contested core,
 * and all of an idle one.
 */
const BACKGROUND = 2;

/**
 * Lowers the priority of a process, and of all that it starts, so that endpoints and the user come first. This is
 * permanent: without privileges a process cannot raise its priority.
 *
 * @param pid of a process that leads a session
 */
export function runInBackground(pid: number | undefined): void {
  if (pid === undefined) return;
  attempt(() => setPriority(pid, BACKGROUND));
  // Where Linux groups sessions automatically (sched(7), "The autogroup feature"), it shares the cores among those
  // groups and ignores the nice values of the processes in them.
  attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(BACKGROUND)));
}

/** The process may have ended, or the system may not support this: then the process keeps its priority. */
function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // As above.
  }
}
