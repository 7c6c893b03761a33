import { join, resolve } from 'node:path';
import type { Cloud } from '../core/cloud';
import { readBuildOptions } from '../images/build-options';
import { ProcessImages, type ProcessImage } from '../images/process-image';
import { describeMissing, missingPackages } from '../images/missing-packages';
import { ContainerProcess, type Interpreters } from '../jobs/container-process';
import { freePort } from '../jobs/free-port';
import {
  type Builder,
  type Container,
  type Engine,
  type EngineImage,
  type ForeignImage,
  type ImageName,
  ML_ROOT,
  type RunOptions,
} from '../containers/engine';

/** Runs containers as processes of this machine, from the files that their Dockerfiles copy. */
export class ProcessEngine implements Engine {
  readonly name = 'process';
  private readonly images: ProcessImages;

  constructor(
    cloud: Cloud,
    private readonly interpreters: Interpreters,
  ) {
    this.images = cloud.part(ProcessImages);
  }

  async start(): Promise<void> {
    // A killed cloud's processes are killed with it (guardian.ts).
  }

  async stop(): Promise<void> {
    // Services stop their own processes.
  }

  builder(): Builder {
    return new ProcessBuilder(this.images, this.interpreters);
  }

  async load(id: string): Promise<ProcessImage> {
    return this.images.load(id);
  }

  async foreignImages(repository: string, name?: ImageName): Promise<ForeignImage[]> {
    if (name === undefined) return [];
    const { imageTag = 'latest', imageDigest } = name;
    const image = imageDigest === undefined ? `${repository}:${imageTag}` : `${repository}@${imageDigest}`;
    throw new Error(
      `${image} is a prebuilt image of another registry, which the process engine cannot run: it has no Dockerfile. Use --engine docker, or an image that is built from a Dockerfile.`,
    );
  }

  async run({ base, environment, serves = false, ...options }: RunOptions): Promise<Container> {
    const address = serves ? { host: '127.0.0.1', port: await freePort() } : undefined;
    const container = new ContainerProcess({
      ...options,
      image: this.images.load(options.image.id),
      interpreters: this.interpreters,
      environment: {
        SAGEMAKER_BASE_DIR: base,
        // A container has its own address; a process of this machine must not be reachable from outside.
        ...(address && { SAGEMAKER_BIND_TO_PORT: String(address.port), BIND_HOST: address.host }),
        ...environment,
      },
    });
    return Object.assign(container, { address });
  }

  pathInside(base: string, path: string): string {
    return join(base, path.startsWith(`${ML_ROOT}/`) ? path.slice(ML_ROOT.length) : path);
  }
}

class ProcessBuilder implements Builder {
  private readonly images = new Map<string, EngineImage>();

  constructor(
    private readonly store: ProcessImages,
    private readonly interpreters: Interpreters,
  ) {}

  script(emulated: string): string {
    return `exec ${emulated} "$@"\n`;
  }

  async run(argv: readonly string[], cwd: string): Promise<string> {
    const [verb = '', ...rest] = argv;
    if (verb !== 'build') {
      throw new Error(
        `'docker ${argv.join(' ')}' is not supported by the process engine; builds can use docker login, build and push, or --engine docker`,
      );
    }
    const options = readBuildOptions(rest);
    const context = resolve(cwd, options.context);
    const dockerfile = resolve(cwd, options.file ?? join(context, 'Dockerfile'));
    const lines: string[] = [];
    const image = this.store.build(
      context,
      options.buildArguments,
      (line) => void lines.push(line),
      dockerfile,
    );
    const missing = await missingPackages({ dockerfile, context, python: this.interpreters.python });
    lines.push(...missing.map(describeMissing));
    const { mediaType } = options;
    for (const tag of options.tags) this.images.set(tag, { ...image, mediaType });
    return `${lines.join('\n')}\nwriting image ${image.id}\n`;
  }

  async tagged(uri: string): Promise<EngineImage | undefined> {
    return this.images.get(uri);
  }
}
