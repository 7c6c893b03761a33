import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessImages, type ProcessImage } from './images/process-image';
import { ContainerProcess, type Interpreters } from './jobs/container-process';

export { DockerfileError } from './images/dockerfile';
export type { ContainerProcess, Interpreters } from './jobs/container-process';
export { freePort } from './jobs/free-port';

export interface ProgramSource {
  /** Folder that the Dockerfile copies from. */
  context: string;
  dockerfile: string;
  buildArguments?: Record<string, string>;
  interpreters: Interpreters;
}

export interface ProgramStart {
  /** Replaces the image's CMD: `train`, `serve`, or the job's arguments. */
  arguments?: string[];
  /** Besides PATH, HOME, LANG and the image's own. */
  environment: Record<string, string>;
  /** Receives every line of output, without the line end. */
  onLine?: (line: string) => void;
}

/** The program of a Dockerfile, as a process of this machine and without a cloud. */
export class ContainerProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), 'container-program-'));
  readonly #image: ProcessImage;
  readonly #interpreters: Interpreters;

  /**
   * Copies the files that the Dockerfile copies.
   *
   * @param log receives a line for each instruction
   * @throws DockerfileError with the line and the instruction that a process cannot emulate
   */
  constructor(
    { context, dockerfile, buildArguments = {}, interpreters }: ProgramSource,
    log: (line: string) => void = () => undefined,
  ) {
    this.#interpreters = interpreters;
    try {
      const images = new ProcessImages({ stateDirectory: this.#folder });
      this.#image = images.build(context, buildArguments, log, dockerfile);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** The folder that represents `/` of the image. */
  get root(): string {
    return this.#image.root;
  }

  start({ arguments: words, environment, onLine = () => undefined }: ProgramStart): ContainerProcess {
    return new ContainerProcess({
      image: this.#image,
      interpreters: this.#interpreters,
      arguments: words,
      environment,
      onLine,
    });
  }

  /** Removes the copied files. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
