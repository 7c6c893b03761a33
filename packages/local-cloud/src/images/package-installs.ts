/** One `pip install` or `npm install` of a RUN line. */
export interface PackageInstall {
  tool: 'pip' | 'npm';
  /** Words that name packages. */
  packages: string[];
  /** Files that list packages; of pip. */
  files: string[];
}

/** A Python package. */
export interface PythonRequirement {
  name: string;
  /** The version or its range; empty if any is allowed. */
  version: string;
}

/** Options of pip and npm whose value is the next word. */
const WITH_VALUE =
  /^(-c|-i|-f|-t|--constraint|--index-url|--extra-index-url|--find-links|--target|--prefix|--root|--platform|--python-version|--cache-dir|--trusted-host|--registry|--omit|--loglevel)$/;

/** Returns the installations of a shell command, in order. */
export function readInstalls(command: string): PackageInstall[] {
  return command.split(/&&|\|\||[;|\n]/).flatMap((part) => {
    const words = part.trim().split(/\s+/).map(unquoted);
    const pip = words.findIndex((word) => /^(.*\/)?pip3?$/.test(word));
    if (pip >= 0 && words[pip + 1] === 'install') return [readWords('pip', words.slice(pip + 2))];
    const npm = words.findIndex((word) => /^(.*\/)?npm$/.test(word));
    if (npm >= 0 && /^(ci|i|install)$/.test(words[npm + 1] ?? '')) {
      return [readWords('npm', words.slice(npm + 2))];
    }
    return [];
  });
}

function readWords(tool: PackageInstall['tool'], words: readonly string[]): PackageInstall {
  const install: PackageInstall = { tool, packages: [], files: [] };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    const [, option, value] = /^(-r|--requirement)(?:=(.*))?$/.exec(word) ?? [];
    if (option) install.files.push(value ?? words[++i] ?? '');
    else if (WITH_VALUE.test(word)) i += 1;
    else if (!word.startsWith('-') && word !== '\\') install.packages.push(word);
  }
  return install;
}

/**
 * Returns the Python packages of an installation, those of its files too.
 *
 * @param read returns a file of the image; undefined if it is not known
 */
export function readRequirements(
  { packages, files }: PackageInstall,
  read: (path: string) => string | undefined,
): PythonRequirement[] {
  const lines = files.flatMap((file) =>
    (read(file) ?? '').split('\n').map((line) => line.replace(/(^|\s)#.*/, '')),
  );
  return [...packages, ...lines].flatMap(readRequirement);
}

/** Paths, addresses, options and packages that depend on the platform are left out: they cannot be checked by name. */
function readRequirement(text: string): PythonRequirement[] {
  const [, name, version] =
    /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*((?:[=<>!~]=?=?\s*[\w.*+!-]+\s*,?\s*)*)$/.exec(text.trim()) ?? [];
  if (name === undefined) return [];
  return [{ name, version: version!.replace(/^={2,3}/, '').trim() }];
}

function unquoted(word: string): string {
  return word.replace(/^(["'])(.*)\1$/, '$2');
}
