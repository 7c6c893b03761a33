import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DockerfileError } from './dockerfile';

interface RunStep {
  command: string;
  workingDirectory: string;
  line: number;
}

/**
 * Plays a RUN line with what this machine has. `npm ci` is played by linking the modules that are installed here,
 * if they are the same versions; `pip install` by the interpreter that was found; anything else is left out, and
 * the log says so.
 */
export function provideDependencies(root: string, step: RunStep, log: (line: string) => void): void {
  if (/\bnpm (ci|install)\b/.test(step.command)) {
    linkNodeModules(join(root, step.workingDirectory), step.line);
    log(`line ${step.line}: npm modules are those of this machine`);
  } else if (/\bpip3? install\b/.test(step.command)) {
    log(`line ${step.line}: Python modules are those of this machine's interpreter`);
  } else {
    log(`line ${step.line}: left out`);
  }
}

function linkNodeModules(folder: string, line: number): void {
  const wanted = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const modules = installedModules(process.cwd());
  for (const [name, version] of Object.entries(wanted.dependencies ?? {})) {
    const manifest = modules && join(modules, name, 'package.json');
    const installed =
      manifest && existsSync(manifest)
        ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
        : 'none';
    if (installed === version) continue;
    throw new DockerfileError(
      `Dockerfile line ${line}: the image needs ${name} ${version}, this machine has ${installed}; install that version beside the app.`,
    );
  }
  if (modules) symlinkSync(modules, join(folder, 'node_modules'), 'dir');
}

function installedModules(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) return modules;
    if (folder === dirname(folder)) return undefined;
  }
}
