import { ProcessGroup } from '../../jobs/process-group';
import { type Address, type Container, type Exit, STOP_GRACE_MS } from '../../containers/engine';
import { docker, DOCKER_VARIABLES } from './docker-cli';

/** Port of a serving container. */
const PORT = 8080;

/** The exit code of a program that could not be started, as a shell reports it. */
const NOT_STARTED = 127;

/** The exit code of a container whose engine does not answer any more, as `docker run` reports it. */
const LOST = 125;

export interface StartOptions {
  /** Arguments of `docker create`, with the image and its arguments. */
  arguments: readonly string[];
  serves: boolean;
  onLine: (line: string) => void;
  /** Runs after the container's end, before `exited` resolves. */
  afterwards: () => Promise<unknown>;
}

/** A container of the engine. It is removed when it has ended. */
export class DockerContainer implements Container {
  readonly exited: Promise<Exit>;
  private ended = false;

  private constructor(
    private readonly id: string,
    readonly address: Address | undefined,
    options: StartOptions,
  ) {
    this.exited = this.complete(options);
  }

  static async start(options: StartOptions): Promise<Container> {
    let id: string | undefined;
    try {
      id = await docker(['create', ...options.arguments]);
      await docker(['start', id]);
      return new DockerContainer(id, options.serves ? await addressOf(id) : undefined, options);
    } catch (error) {
      if (id !== undefined) await removeContainer(id);
      options.onLine(`cannot start the container: ${(error as Error).message}`);
      return neverStarted();
    }
  }

  async stop(): Promise<Exit> {
    if (!this.ended) {
      const seconds = String(STOP_GRACE_MS / 1000);
      // The container may end, and be removed, at the same moment; any other failure shows in `exited`.
      await docker(['stop', '-t', seconds, this.id]).catch(() => undefined);
    }
    return this.exited;
  }

  private async complete({ onLine, afterwards }: StartOptions): Promise<Exit> {
    try {
      return await this.follow(onLine);
    } catch (error) {
      onLine(`lost the container: ${(error as Error).message}`);
      return { exitCode: LOST };
    } finally {
      this.ended = true;
      for (const step of [() => removeContainer(this.id), afterwards]) {
        await step().catch((error: Error) => onLine(`cannot clean up after the container: ${error.message}`));
      }
    }
  }

  private async follow(onLine: (line: string) => void): Promise<Exit> {
    const environment = Object.fromEntries(
      ['PATH', 'HOME', ...DOCKER_VARIABLES].map((name) => [name, process.env[name]]),
    );
    const logs = new ProcessGroup(
      'docker',
      ['logs', '--follow', this.id],
      { env: environment, cwd: '/' },
      onLine,
    );
    const exitCode = Number(await docker(['wait', this.id]));
    await logs.exited;
    return { exitCode };
  }
}

async function removeContainer(id: string): Promise<void> {
  await docker(['rm', '--force', '--volumes', id]);
}

function neverStarted(): Container {
  const exited = Promise.resolve({ exitCode: NOT_STARTED });
  return { exited, stop: () => exited };
}

/** Returns the address in the container's network; undefined if the container has ended already. */
async function addressOf(id: string): Promise<Address | undefined> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  const [host] = (await docker(['inspect', '--format', format, id])).split(' ').filter((word) => word !== '');
  return host === undefined ? undefined : { host, port: PORT };
}
