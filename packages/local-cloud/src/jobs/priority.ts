import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * How far programs step back that would have a machine of their own in AWS, as a nice value: with 2 they get two fifths
 * of a core that somebody else wants too, and all of it otherwise.
 */
const BACKGROUND = 2;

/**
 * Lets a process, and all that it starts, step back for what serves. For good: without privileges a process does not
 * get its priority back.
 *
 * @param pid of a process that leads a session
 */
export function runInBackground(pid: number | undefined): void {
  if (pid === undefined) return;
  attempt(() => setPriority(pid, BACKGROUND));
  // Where Linux groups sessions by themselves (sched(7), "The autogroup feature"), it shares the cores among those
  // groups, whatever the nice values of the processes in them.
  attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(BACKGROUND)));
}

/** It may have ended by now, or the system may not have this: then it runs as it is. */
function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // As said above.
  }
}
