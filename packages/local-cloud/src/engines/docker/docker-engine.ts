import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Cloud } from '../../core/cloud';
import {
  type Builder,
  type Container,
  type Engine,
  type EngineImage,
  type ForeignImage,
  type ImageName,
  ML_ROOT,
  type Mount,
  type RunOptions,
} from '../../containers/engine';
import { DockerBuilder } from './docker-builder';
import { assertEngineAnswers, docker } from './docker-cli';
import { DockerContainer } from './docker-container';
import { findImage, repositoryImages } from './docker-images';
import { DockerNetworks } from './docker-networks';
import { takeOwnership } from './ownership';

/** Marks containers and networks of a cloud with its state directory, so that the next cloud there finds them. */
const LABEL = 'local-cloud.state';

/** The share of a job; the default is 1024. Jobs get two fifths of a contested core, as processes do (priority.ts). */
const BACKGROUND_SHARES = '683';

/** PyTorch's data loaders need more than the default of 64 MB; memory is taken when it is used. */
const SHARED_MEMORY = '2g';

/** The name of a job's only host. */
const HOST = 'algo-1';

/** Builds and runs images with a Docker engine on this machine, through the command `docker`. */
export class DockerEngine implements Engine {
  readonly name = 'docker';
  private readonly label: string;
  private readonly networks: DockerNetworks;
  private started = false;

  constructor(private readonly cloud: Cloud) {
    const directory = resolve(cloud.stateDirectory);
    this.label = `${LABEL}=${directory}`;
    const hash = createHash('sha256').update(directory).digest('hex').slice(0, 12);
    this.networks = new DockerNetworks(`local-cloud-${hash}`, this.label, () => cloud.endpoint);
  }

  async start(): Promise<void> {
    await assertEngineAnswers();
    this.started = true;
    await this.takeFoldersOver();
    await this.removeAll();
  }

  async stop(): Promise<void> {
    if (this.started) await this.removeAll();
  }

  builder(): Builder {
    return new DockerBuilder();
  }

  async load(id: string): Promise<EngineImage> {
    const image = await findImage(id);
    if (image) return image;
    throw new Error(
      `image ${id} is not in the Docker engine any more; remove the state (--fresh), so that it is built again`,
    );
  }

  foreignImages(repository: string, name?: ImageName): Promise<ForeignImage[]> {
    return repositoryImages(repository, name);
  }

  async run(options: RunOptions): Promise<Container> {
    const { image, base, serves = false, background = false, onLine } = options;
    const [entrypoint, ...beforeArguments] = options.entrypoint ?? [];
    const network = await this.network(options);
    const environment = await this.environment(options);
    return DockerContainer.start({
      serves,
      onLine,
      afterwards: () => takeOwnership(base, image.id),
      arguments: [
        ...['--label', this.label, '--network', network, '--log-driver', 'json-file'],
        ...['--shm-size', SHARED_MEMORY],
        ...(background ? ['--cpu-shares', BACKGROUND_SHARES] : []),
        ...(serves ? [] : ['--hostname', HOST, '--add-host', `${HOST}:127.0.0.1`]),
        ...mountsOf(options).flatMap((mount) => ['--mount', mountOption(mount)]),
        ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
        image.id,
        ...beforeArguments,
        ...(options.arguments ?? []),
      ],
    });
  }

  pathInside(_base: string, path: string): string {
    return path;
  }

  private network({ isolated, serves }: RunOptions): Promise<string> | string {
    if (!isolated) return this.networks.open();
    // The cloud calls a container that serves.
    return serves ? this.networks.internal() : 'none';
  }

  private async environment({ environment, isolated }: RunOptions): Promise<Record<string, string>> {
    if (isolated || environment.AWS_ENDPOINT_URL !== this.cloud.endpoint) return environment;
    const endpoint = await this.networks.endpointInside();
    this.cloud.hosts.addRelay(new URL(endpoint).hostname);
    return { ...environment, AWS_ENDPOINT_URL: endpoint };
  }

  /** Makes what containers of a killed cloud wrote removable. */
  private async takeFoldersOver(): Promise<void> {
    const [left] = await this.containers();
    if (left === undefined) return;
    const image = await docker(['inspect', '--format', '{{.Image}}', left]);
    for (const name of ['jobs', 'endpoints']) {
      const folder = join(this.cloud.stateDirectory, name);
      if (existsSync(folder)) await takeOwnership(resolve(folder), image);
    }
  }

  private async containers(): Promise<string[]> {
    const ids = await docker(['ps', '--all', '--quiet', '--filter', `label=${this.label}`]);
    return ids.split('\n').filter((id) => id !== '');
  }

  private async removeAll(): Promise<void> {
    const containers = await this.containers();
    if (containers.length > 0) await docker(['rm', '--force', '--volumes', ...containers]);
    await this.networks.remove();
  }
}

/**
 * Returns each folder below the base as a mount of its own: the image's other files below `/opt/ml`, such as
 * `/opt/ml/code`, stay visible.
 */
function mountsOf({ base, mounts = [], readOnly = [] }: RunOptions): Mount[] {
  const folders = existsSync(base) ? readdirSync(base, { withFileTypes: true }) : [];
  const own = folders
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({
      source: join(base, name),
      target: `${ML_ROOT}/${name}`,
      readOnly: readOnly.includes(name),
    }));
  return [...own, ...mounts];
}

/** The value is a line of CSV: a field in quotes may have commas. */
function mountOption({ source, target, readOnly = false }: Mount): string {
  const fields = [
    'type=bind',
    `source=${resolve(source)}`,
    `target=${target}`,
    ...(readOnly ? ['readonly'] : []),
  ];
  return fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',');
}
