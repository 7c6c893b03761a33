import { digestOf, imageManifest } from '../../images/image-manifest';
import type { EngineImage, ForeignImage, ImageName } from '../../containers/engine';
import { docker } from './docker-cli';

/** The part of `docker image inspect` that is used. */
interface Inspected {
  Id: string;
  Size: number;
  Created: string;
  RepoTags?: string[] | null;
  RepoDigests?: string[] | null;
  /** Of an engine with the containerd image store. */
  Descriptor?: { mediaType?: string } | null;
}

/** Returns the image with an id, a tag or a digest; undefined if the engine has none. */
export async function findImage(name: string): Promise<EngineImage | undefined> {
  const [found] = await inspect([name]);
  return found && { id: found.Id, bytes: found.Size, mediaType: found.Descriptor?.mediaType };
}

/**
 * Returns the images of a repository, or the one with the name, which is pulled if the engine does not have it.
 *
 * @throws DockerError if it cannot be pulled
 */
export async function repositoryImages(repository: string, name?: ImageName): Promise<ForeignImage[]> {
  const images = await localImages(repository);
  if (name === undefined) return images;
  const { imageDigest, imageTag = imageDigest === undefined ? 'latest' : undefined } = name;
  const fits = ({ digest, tags }: ForeignImage) =>
    (imageDigest === undefined || digest === imageDigest) &&
    (imageTag === undefined || tags.includes(imageTag));
  const here = images.filter(fits);
  if (here.length > 0) return here;
  const uri = imageDigest === undefined ? `${repository}:${imageTag}` : `${repository}@${imageDigest}`;
  await docker(['pull', '--quiet', uri]);
  return (await localImages(repository)).filter(fits);
}

async function localImages(repository: string): Promise<ForeignImage[]> {
  const ids = (await docker(['image', 'ls', '--quiet', '--no-trunc', repository])).split('\n');
  const found = await inspect([...new Set(ids.filter((id) => id !== ''))]);
  return found.map((image) => ({
    id: image.Id,
    bytes: image.Size,
    mediaType: image.Descriptor?.mediaType,
    digest: digestIn(repository, image),
    tags: partsAfter(`${repository}:`, image.RepoTags),
    created: new Date(image.Created),
  }));
}

function digestIn(repository: string, { Id, Size, RepoDigests, Descriptor }: Inspected): string {
  const [pulled] = partsAfter(`${repository}@`, RepoDigests);
  return pulled ?? digestOf(imageManifest({ id: Id, bytes: Size, mediaType: Descriptor?.mediaType }));
}

function partsAfter(prefix: string, names: readonly string[] | null = []): string[] {
  return (names ?? []).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

/** Returns what the engine knows of the images that it has. */
async function inspect(names: readonly string[]): Promise<Inspected[]> {
  if (names.length === 0) return [];
  try {
    return JSON.parse(await docker(['image', 'inspect', ...names])) as Inspected[];
  } catch (error) {
    if (/no such image/i.test((error as Error).message)) return [];
    throw error;
  }
}
