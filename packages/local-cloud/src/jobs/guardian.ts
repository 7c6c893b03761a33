import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Reads `+ <target>` and `- <target>` lines, and kills the remaining targets when its input ends. The input ends when
 * this process ends, also by SIGKILL, after which this process runs no code. A shell takes 1 MB and almost no time to
 * start.
 */
const PROGRAM = `
trap '' INT TERM HUP QUIT
targets=
while read -r change target; do
  if [ "$change" = + ]; then
    targets="$targets $target"
  else
    left=
    for each in $targets; do [ "$each" = "$target" ] || left="$left $each"; done
    targets=$left
  fi
done
for each in $targets; do kill -s KILL -- "$each"; done
`;

let guardian: ChildProcess | undefined;

/**
 * Kills a child process if this process is killed.
 *
 * @param target as of kill(2): a process id, or the negative id of a process group
 * @returns a function to call when the child has ended, because another process may get its id after that
 */
export function killWithThisProcess(target: number): () => void {
  guardian ??= start();
  send(`+ ${target}`);
  return () => send(`- ${target}`);
}

function start(): ChildProcess {
  const child = spawn('sh', ['-c', PROGRAM], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Neither the child nor the pipe keeps this process alive.
  child.unref();
  (child.stdin as Socket).unref();
  for (const each of [child, child.stdin]) each.on('error', () => undefined);
  return child;
}

function send(line: string): void {
  guardian!.stdin!.write(`${line}\n`);
}
