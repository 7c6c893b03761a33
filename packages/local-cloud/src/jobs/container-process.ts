import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Exit, STOP_GRACE_MS } from '../containers/engine';
import type { ProcessImage } from '../images/process-image';
import { runInBackground } from './priority';
import { ProcessGroup } from './process-group';

/** The interpreters of this machine that replace those of the base images. */
export interface Interpreters {
  node: string;
  /** Command or path; it must be able to import the modules that the images' programs need. */
  python: string;
}

export interface ContainerOptions {
  image: ProcessImage;
  interpreters: Interpreters;
  /** Replaces the image's entry point, as `ContainerEntrypoint` does. */
  entrypoint?: string[];
  /** Replaces the image's CMD: `train`, `serve`, or the job's arguments. */
  arguments?: string[];
  environment: Record<string, string>;
  /** True for jobs: their processes have a lower priority than endpoints. */
  background?: boolean;
  /** Receives every line of output, without the line end. */
  onLine: (line: string) => void;
}

/** A container's program as a process of this machine. */
export class ContainerProcess {
  readonly exited: Promise<Exit>;
  private readonly processes: ProcessGroup;

  constructor(options: ContainerOptions) {
    const { image, interpreters } = options;
    const [program = '', ...rest] = [
      ...(options.entrypoint ?? image.config.entrypoint),
      ...(options.arguments ?? image.config.command),
    ];
    this.processes = new ProcessGroup(
      interpreter(inImage(program, image), interpreters),
      rest.map((word) => inImage(word, image)),
      {
        cwd: join(image.root, image.config.workingDirectory),
        env: {
          PATH: [dirname(interpreters.node), process.env.PATH ?? ''].join(delimiter),
          HOME: process.env.HOME,
          LANG: 'C.UTF-8',
          ...image.config.environment,
          ...options.environment,
        },
      },
      options.onLine,
    );
    this.exited = this.processes.exited;
    if (options.background) runInBackground(this.processes.pid);
  }

  /** Ends the program and all that it started at once. */
  kill(): void {
    this.processes.killAll('SIGKILL');
  }

  /** Sends SIGTERM, and SIGKILL after two minutes, as SageMaker does. */
  async stop(): Promise<Exit> {
    this.processes.kill('SIGTERM');
    const timer = setTimeout(() => this.processes.kill('SIGKILL'), STOP_GRACE_MS);
    timer.unref();
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }
}

function interpreter(program: string, { node, python }: Interpreters): string {
  if (/^(.*\/)?python3?$/.test(program)) return python;
  return /^(.*\/)?node$/.test(program) ? node : program;
}

/** Returns the path in the image folder if the image has this file, otherwise the word unchanged. */
function inImage(word: string, image: ProcessImage): string {
  const path = join(image.root, word);
  return word.startsWith('/') && existsSync(path) ? path : word;
}
