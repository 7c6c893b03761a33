import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until';

let folder: string;
let program: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardian-'));
  const source = join(folder, 'parent.ts');
  program = join(folder, 'parent.cjs');
  const group = join(__dirname, '../../src/jobs/process-group');
  writeFileSync(
    source,
    `import { ProcessGroup } from ${JSON.stringify(group)};
     const script = 'sleep 600 & echo $!; echo $$; wait';
     const ended = new ProcessGroup('true', [], {}, () => undefined);
     new ProcessGroup('sh', ['-c', script], {}, (line) => console.log(line));
     void ended.exited.then(() => console.log('ready'));
     setInterval(() => undefined, 1000);`,
  );
  buildSync({ entryPoints: [source], outfile: program, bundle: true, platform: 'node' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A container's first process may not reap its children: a killed process can remain as a zombie.
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

test.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])(
  'all descendants of a process that %s ends are killed',
  async (signal) => {
    const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: parent.stdout });
    const pids: number[] = [];
    let ready = false;
    for await (const line of lines) {
      if (line === 'ready') ready = true;
      else pids.push(Number(line));
      if (ready && pids.length === 2) break;
    }
    expect(pids.every(isRunning)).toBe(true);
    parent.kill(signal);
    await once(parent, 'exit');
    await until(() => !pids.some(isRunning), `processes ${pids.join(', ')} have ended`);
  },
);
