import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DockerfileError } from './dockerfile';

interface RunStep {
  command: string;
  workingDirectory: string;
  line: number;
}

/**
 * Emulates a RUN line with the modules on this machine. For `npm ci`, it links the modules that are installed here if
 * they have the same versions. For `pip install`, it uses the configured interpreter. It skips every other line and
 * says so in the log.
 */
export function provideDependencies(root: string, step: RunStep, log: (line: string) => void): void {
  if (/\bnpm (ci|install)\b/.test(step.command)) {
    linkNodeModules(join(root, step.workingDirectory), step.line);
    log(`line ${step.line}: uses this machine's npm modules`);
  } else if (/\bpip3? install\b/.test(step.command)) {
    log(`line ${step.line}: uses the Python modules of this machine's interpreter`);
  } else {
    log(`line ${step.line}: skipped`);
  }
}

function linkNodeModules(folder: string, line: number): void {
  const wanted = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const modules = installedModules(process.cwd());
  for (const [name, version] of Object.entries(wanted.dependencies ?? {})) {
    const installed = installedVersion(name) ?? 'none';
    if (installed === version) continue;
    throw new DockerfileError(
      `Dockerfile line ${line}: the image needs ${name} ${version}, this machine has ${installed}; install that version for the app.`,
    );
  }
  if (modules) symlinkSync(modules, join(folder, 'node_modules'), 'dir');
}

/** Returns the version of an npm package on this machine; undefined if there is none. */
export function installedVersion(name: string): string | undefined {
  const modules = installedModules(process.cwd());
  const manifest = modules && join(modules, name, 'package.json');
  if (!manifest || !existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function installedModules(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) return modules;
    if (folder === dirname(folder)) return undefined;
  }
}
