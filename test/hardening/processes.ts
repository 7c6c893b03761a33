import { readdirSync, readFileSync } from 'node:fs';

/** A process below another. */
export interface Child {
  readonly pid: number;
  /** What it runs: the name of a Lambda function, `endpoint` for a model's container. */
  readonly what: string;
}

/** Returns the processes below one, from /proc: only Linux has it. */
export function childrenOf(root: number): Child[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isBelow(parents.get(pid)));
  return [...parents.keys()]
    .filter((pid) => pid !== root && isBelow(pid))
    .map((pid) => ({ pid, what: whatRuns(pid) }));
}

/** Returns the resident memory of processes together, in MiB. */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce(
    (sum, pid) => sum + Number(/^VmRSS:\s+(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0) / 1_024,
    0,
  );
}

function whatRuns(pid: number): string {
  const variables = read(pid, 'environ').split('\0');
  const value = (name: string) =>
    variables.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
  return value('AWS_LAMBDA_FUNCTION_NAME') ?? (value('SAGEMAKER_BIND_TO_PORT') ? 'endpoint' : 'other');
}

function parentOf(pid: number): number | undefined {
  const parent = /^PPid:\s+(\d+)/m.exec(read(pid, 'status'))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Returns a file of a process; empty once it has ended. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
