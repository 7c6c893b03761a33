import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { readDockerfile, type Step } from './dockerfile';
import { installedVersion } from './host-dependencies';
import { readInstalls, readRequirements } from './package-installs';

/** A RUN line that the process engine does not run, although this machine does not have what it installs. */
export interface MissingPackages {
  line: number;
  command: string;
  /** Each with the version that the line names. */
  packages: string[];
}

export interface DockerfileToCheck {
  dockerfile: string;
  /** The folder that COPY copies from. */
  context: string;
  /** The interpreter that replaces the image's. */
  python: string;
}

/**
 * Returns the RUN lines with Python or npm packages that this machine does not have. Other versions of a Python package
 * are accepted; npm packages must have the same version.
 *
 * @throws DockerfileError if the process engine cannot build the image
 */
export async function missingPackages({
  dockerfile,
  context,
  python,
}: DockerfileToCheck): Promise<MissingPackages[]> {
  const { steps } = readDockerfile(readFileSync(dockerfile, 'utf8'), {});
  const found: MissingPackages[] = [];
  for (const step of steps) {
    if (step.kind !== 'run') continue;
    const read = (path: string) => readCopied(steps, context, posix.resolve(step.workingDirectory, path));
    const packages: string[] = [];
    for (const install of readInstalls(step.command)) {
      if (install.tool === 'npm') packages.push(...missingModules(install.packages, read));
      else packages.push(...(await missingPython(readRequirements(install, read), python)));
    }
    if (packages.length > 0) found.push({ line: step.line, command: step.command, packages });
  }
  return found;
}

/** Characters of a RUN line that a message shows. */
const SHOWN = 80;

/** Returns a sentence such as `line 3: RUN pip install xgboost is not run …; missing on this machine: xgboost`. */
export function describeMissing({ line, command, packages }: MissingPackages): string {
  const shown = command.length > SHOWN ? `${command.slice(0, SHOWN)}…` : command;
  return `line ${line}: RUN ${shown} is not run by the process engine; missing on this machine: ${packages.join(', ')}`;
}

/** Returns a file of the image that COPY puts there; undefined if none does. */
function readCopied(steps: readonly Step[], context: string, path: string): string | undefined {
  for (const step of [...steps].reverse()) {
    if (step.kind !== 'copy') continue;
    for (const source of step.sources) {
      const candidates = [
        ...(step.target === path ? [source] : []),
        ...(posix.join(step.target, basename(path)) === path && fits(source, path)
          ? [posix.join(posix.dirname(source), basename(path))]
          : []),
        // A folder's content.
        ...(path.startsWith(`${step.target.replace(/\/$/, '')}/`)
          ? [posix.join(source, posix.relative(step.target, path))]
          : []),
      ];
      const file = candidates.map((name) => join(context, name)).find((name) => existsSync(name));
      if (file !== undefined) return readFileSync(file, 'utf8');
    }
  }
  return undefined;
}

/** True if a source, perhaps with `*`, names a file of this name. */
function fits(source: string, path: string): boolean {
  const escaped = basename(source).replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`).test(basename(path));
}

function missingModules(named: readonly string[], read: (path: string) => string | undefined): string[] {
  const manifest = JSON.parse(read('package.json') ?? '{}') as { dependencies?: Record<string, string> };
  const wanted = named.length > 0 ? named.map(splitVersion) : Object.entries(manifest.dependencies ?? {});
  return wanted.flatMap(([name, version]) => {
    const installed = installedVersion(name);
    if (installed !== undefined && (version === '' || installed === version)) return [];
    return [[name, version, installed === undefined ? '' : `(here: ${installed})`].join(' ').trim()];
  });
}

function splitVersion(word: string): [string, string] {
  const at = word.indexOf('@', 1);
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}

/** Prints the names, given as arguments, that are neither an installed distribution nor a module. */
const PYTHON_CHECK = `
import sys
from importlib import metadata, util
for name in sys.argv[1:]:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        if util.find_spec(name.replace('-', '_')) is None:
            print(name)
`;

interface Requirement {
  name: string;
  version: string;
}

async function missingPython(requirements: readonly Requirement[], python: string): Promise<string[]> {
  if (requirements.length === 0) return [];
  const names = requirements.map(({ name }) => name);
  const missing = await new Promise<string[]>((resolve) => {
    // Without an interpreter, everything is missing.
    execFile(python, ['-c', PYTHON_CHECK, ...names], (error, stdout) =>
      resolve(error ? names : stdout.split('\n')),
    );
  });
  return requirements
    .filter(({ name }) => missing.includes(name))
    .map(({ name, version }) => `${name} ${version}`.trim());
}
