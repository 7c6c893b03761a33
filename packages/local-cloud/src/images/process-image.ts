import { createHash, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Cloud } from '../core/cloud';
import { DockerfileError, readDockerfile, type ImageDefinition, type Step } from './dockerfile';
import { provideDependencies } from './host-dependencies';

/** The part of Docker's image configuration that a process needs: how to start the image's program. */
export interface ImageConfig {
  entrypoint: string[];
  command: string[];
  environment: Record<string, string>;
  workingDirectory: string;
  baseImage: string;
  buildArguments: Record<string, string>;
}

/** An image of the process engine: a folder with the copied files, and the configuration that starts its program. */
export interface ProcessImage {
  /** `sha256:…` of configuration and files; equal content has equal ids on every machine. */
  id: string;
  /** Of the configuration: the files are not uploaded. */
  bytes: number;
  config: ImageConfig;
  /** The folder that represents `/` of the image. */
  root: string;
}

/** Stores images below the cloud's state directory, by id. */
export class ProcessImages {
  private readonly directory: string;

  constructor({ stateDirectory }: Pick<Cloud, 'stateDirectory'>) {
    this.directory = join(stateDirectory, 'images');
  }

  /**
   * Emulates `docker build`: copies the files that the Dockerfile copies. The packages that its RUN lines install must
   * be on this machine.
   *
   * @param context folder that COPY copies from
   * @param log receives one line for each step
   * @param dockerfile path of the Dockerfile
   * @throws DockerfileError with the line and the instruction
   */
  build(
    context: string,
    buildArguments: Record<string, string>,
    log: (line: string) => void,
    dockerfile = join(context, 'Dockerfile'),
  ): ProcessImage {
    if (!existsSync(dockerfile)) {
      throw new DockerfileError(`The build context has no ${relative(context, dockerfile)}.`);
    }
    const definition = readDockerfile(readFileSync(dockerfile, 'utf8'), buildArguments);
    const scratch = join(this.directory, `building-${randomUUID()}`);
    const root = join(scratch, 'root');
    mkdirSync(root, { recursive: true });
    try {
      log(`FROM ${definition.baseImage} (emulated by this machine)`);
      for (const step of definition.steps) {
        log(step.kind === 'copy' ? `COPY ${step.sources.join(' ')} ${step.target}` : `RUN ${step.command}`);
        if (step.kind === 'copy') copyStep(context, root, step);
      }
      mkdirSync(join(root, definition.workingDirectory), { recursive: true });
      const config = imageConfig(definition, buildArguments);
      const id = `sha256:${contentHash(root, config)}`;
      // Links come after hashing: they point to modules of this machine.
      for (const step of definition.steps) if (step.kind === 'run') provideDependencies(root, step, log);
      writeFileSync(join(scratch, 'config.json'), JSON.stringify(config));
      const final = this.folder(id);
      // Equal content is not replaced: a process may be running in it.
      if (!existsSync(final)) renameSync(scratch, final);
      return { id, bytes: JSON.stringify(config).length, config, root: join(final, 'root') };
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** @throws if the image is not on this machine */
  load(id: string): ProcessImage {
    const folder = this.folder(id);
    if (!existsSync(folder)) throw new Error(`image ${id} is not on this machine; build it again`);
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as ImageConfig;
    return { id, bytes: JSON.stringify(config).length, config, root: join(folder, 'root') };
  }

  private folder(id: string): string {
    return join(this.directory, id.replace('sha256:', ''));
  }
}

type CopyStep = Extract<Step, { kind: 'copy' }>;

function imageConfig(definition: ImageDefinition, buildArguments: Record<string, string>): ImageConfig {
  const { entrypoint, command, environment, workingDirectory, baseImage } = definition;
  return { entrypoint, command, environment, workingDirectory, baseImage, buildArguments };
}

function copyStep(context: string, root: string, { sources, target, line }: CopyStep): void {
  const names = sources.flatMap((pattern) => {
    const matches = matching(context, pattern);
    if (matches.length > 0) return matches;
    throw new DockerfileError(`Dockerfile line ${line}: COPY finds no ${pattern} in the build context.`);
  });
  const intoFolder = target.endsWith('/');
  if (names.length > 1 && !intoFolder) {
    throw new DockerfileError(
      `Dockerfile line ${line}: COPY of ${names.length} files needs a folder; end ${target} with '/'.`,
    );
  }
  for (const name of names) {
    const source = join(context, name);
    // A folder's content is copied, a file goes into the target folder under its own name.
    const into = join(root, target, intoFolder && statSync(source).isFile() ? basename(name) : '');
    mkdirSync(dirname(into), { recursive: true });
    cpSync(source, into, { recursive: true });
  }
}

/** Returns the names in the context that match `folder`, `file`, `*.ext` or `folder/*.ext`. */
function matching(context: string, pattern: string): string[] {
  if (!pattern.includes('*')) return existsSync(join(context, pattern)) ? [pattern] : [];
  const folder = dirname(pattern);
  const escaped = basename(pattern).replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const expression = new RegExp(`^${escaped.replaceAll('*', '.*')}$`);
  if (!existsSync(join(context, folder))) return [];
  return readdirSync(join(context, folder))
    .filter((name) => expression.test(name))
    .map((name) => join(folder, name))
    .sort();
}

function contentHash(root: string, config: ImageConfig): string {
  const hash = createHash('sha256').update(JSON.stringify(config));
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}
