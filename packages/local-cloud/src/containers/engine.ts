/** The engines that can run containers. */
export const ENGINES = ['process', 'docker'] as const;
export type EngineName = (typeof ENGINES)[number];

/** An image that an engine has. */
export interface EngineImage {
  /** `sha256:…`; identifies the content. */
  id: string;
  bytes: number;
  /** Media type of the manifest that a push sends; default: {@link DOCKER_MANIFEST}. */
  mediaType?: string;
}

/** Media type of the manifest of an image that Docker built without attestations and with its own types. */
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** Of an image with an attestation, or for several platforms. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** An image of another account's registry. */
export interface ForeignImage extends EngineImage {
  /** The digest in the registry; of an image that was not pulled, the digest that {@link imageManifest} gives it. */
  digest: string;
  tags: string[];
  created: Date;
}

/** Names an image as ECR does. */
export interface ImageName {
  imageTag?: string;
  imageDigest?: string;
}

/** The result of a container. */
export interface Exit {
  /**
   * The exit code as a shell reports it: 128 + the number of the signal that ended the process, 127 if it could not be
   * started.
   */
  exitCode: number;
}

/** A folder of this machine in a container. */
export interface Mount {
  source: string;
  /** Absolute path in the container. */
  target: string;
  readOnly?: boolean;
}

export interface RunOptions {
  image: EngineImage;
  /** Replaces the image's entry point, as `ContainerEntrypoint` does. */
  entrypoint?: string[];
  /** Replaces the image's CMD: `train`, `serve`, or the job's arguments. */
  arguments?: string[];
  environment: Record<string, string>;
  /** The folder of this machine that represents `/opt/ml`. */
  base: string;
  /** Folders besides those below the base. */
  mounts?: Mount[];
  /** Names of folders below the base that the container may only read. */
  readOnly?: readonly string[];
  /** True if the container may reach nothing. */
  isolated: boolean;
  /** True if the container answers HTTP requests; then it has an address. */
  serves?: boolean;
  /** True for jobs: they have a lower priority than endpoints. */
  background?: boolean;
  /** Receives every line of output, without the line end. */
  onLine: (line: string) => void;
}

/** The address of a container's server, for this machine only. */
export interface Address {
  host: string;
  port: number;
}

/** A running container. */
export interface Container {
  /** Resolves after the last line of output, for any end; with 127 if the program could not be started. */
  readonly exited: Promise<Exit>;
  /** Set if the container serves. */
  readonly address?: Address;
  /** Sends SIGTERM, and SIGKILL after two minutes, as SageMaker does. */
  stop(): Promise<Exit>;
}

/** The program `docker` of one build. */
export interface Builder {
  /**
   * Returns the shell script that stands for `docker`.
   *
   * @param emulated command of the calls that {@link BuildTools} answers
   */
  script(emulated: string): string;
  /**
   * Runs a call that {@link BuildTools} does not answer itself.
   *
   * @returns its output
   */
  run(argv: readonly string[], cwd: string, stdin: string): Promise<string>;
  /** Returns the image that a tag names; undefined if there is none. */
  tagged(uri: string): Promise<EngineImage | undefined>;
}

/** Builds images and runs containers. The services do not know which engine they use. */
export interface Engine {
  readonly name: EngineName;
  /**
   * Removes what a killed cloud left.
   *
   * @throws Error with what to do if the engine cannot be used
   */
  start(): Promise<void>;
  /** Ends what is left of this cloud. */
  stop(): Promise<void>;
  builder(): Builder;
  /** @throws if the image is not on this machine */
  load(id: string): Promise<EngineImage>;
  /**
   * Returns images of another account's registry; pulls the named one if it is not here.
   *
   * @param repository `<account>.dkr.ecr.<region>.<suffix>/<name>`
   * @param name by default, all that are here
   * @throws Error with the reason if it cannot be pulled
   */
  foreignImages(repository: string, name?: ImageName): Promise<ForeignImage[]>;
  run(options: RunOptions): Promise<Container>;
  /** Returns the path that a container sees for a path of SageMaker's layout. */
  pathInside(base: string, path: string): string;
}

/** Milliseconds between SIGTERM and SIGKILL when SageMaker stops a container. */
export const STOP_GRACE_MS = 120_000;

/** The root of SageMaker's layout in a container. */
export const ML_ROOT = '/opt/ml';
