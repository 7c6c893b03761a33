import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { IgnoreStrategy } from 'aws-cdk-lib';

/** Files that programs, editors and systems leave in a checkout, in the form of `.dockerignore`. */
const LEFTOVERS = [
  ...['node_modules', '__pycache__', '.compile-cache', '*.pyc', '.pytest_cache'],
  // macOS and Windows.
  ...['.DS_Store', '._*', 'Thumbs.db', 'desktop.ini'],
  // Vim, Emacs and others.
  ...['.*.sw?', '*~', '.#*', '#*#'],
];

export interface BuildContext {
  /** Patterns of `.dockerignore` for all that is not in the image. */
  readonly exclude: readonly string[];
  /** Files that the Dockerfile would copy, and that git neither tracks nor ignores. */
  readonly untracked: readonly string[];
}

/**
 * Returns the part of a build context that an image is made of: what the Dockerfile copies and git tracks, so that the
 * same commit has the same image on every machine. Without git, as in a source archive or an npm package, it is what the
 * Dockerfile copies, except for leftovers; in a clean checkout that is the same.
 *
 * @param context folder
 * @param dockerfile path in the context
 */
export function buildContext(context: string, dockerfile: string): BuildContext {
  const exclude = [
    '*',
    ...copied(context, dockerfile).map((source) => `!${source}`),
    ...LEFTOVERS.map((name) => `**/${name}`),
  ];
  const tracked = gitFiles(context, ['--cached', '--recurse-submodules']);
  // A folder that git ignores, such as node_modules, or one that is not added yet.
  if (!tracked?.has(dockerfile)) return { exclude, untracked: [] };
  const strays = filesIn(context, exclude).filter((file) => !tracked.has(file));
  if (strays.length === 0) return { exclude, untracked: [] };
  const others = gitFiles(context, ['--others', '--exclude-standard']);
  return {
    exclude: [...exclude, ...strays.map(literal)],
    untracked: strays.filter((file) => others?.has(file)),
  };
}

/** Returns the Dockerfile and the files, folders and patterns of the context that it copies, as `.dockerignore` reads them. */
function copied(context: string, dockerfile: string): string[] {
  const text = readFileSync(path.join(context, dockerfile), 'utf8').replaceAll(/\\\r?\n/g, ' ');
  const sources = [...text.matchAll(/^(?:COPY|ADD)\s+(.+)$/gim)].flatMap(([, words]) => {
    const given = words!.startsWith('[') ? (JSON.parse(words!) as string[]) : words!.trim().split(/\s+/);
    // What another stage of the build made is not in the context.
    if (given.some((word) => word.startsWith('--from='))) return [];
    return given.filter((word) => !word.startsWith('--')).slice(0, -1);
  });
  const inContext = (source: string) => path.posix.normalize(source).replace(/^\/|\/$/g, '');
  // Everything, for a source such as `.`.
  return [
    ...new Set([dockerfile, ...sources].map((source) => inContext(source).replace(/^\.?$/, '**'))),
  ].sort();
}

/** Returns the files below a folder, as git lists them; undefined if git cannot be asked. */
function gitFiles(folder: string, options: readonly string[]): ReadonlySet<string> | undefined {
  const { status, stdout } = spawnSync('git', ['ls-files', '-z', ...options], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return status === 0 ? new Set(stdout.split('\0').filter((name) => name !== '')) : undefined;
}

/** Returns the files of a folder that no pattern excludes, with `/` between names. */
function filesIn(folder: string, exclude: string[]): string[] {
  const root = path.resolve(folder);
  const strategy = IgnoreStrategy.docker(root, exclude);
  const below = (directory: string): string[] =>
    readdirSync(directory).flatMap((name) => {
      const file = path.join(directory, name);
      if (!existsSync(file)) return [];
      if (lstatSync(file).isDirectory()) return strategy.completelyIgnores(file) ? [] : below(file);
      return strategy.ignores(file) ? [] : [path.relative(root, file).split(path.sep).join('/')];
    });
  return below(root);
}

/** Returns the pattern of `.dockerignore` that matches one path. */
function literal(file: string): string {
  return `/${file.replaceAll(/[\\*?[\]]/g, '\\$&')}`;
}
