import { IMAGES_KEPT } from '../../lib/contract/images';
import type { Champion } from '../../lib/contract/run';

/** Resources of one former champion in SageMaker and ECR. */
export interface Retired {
  readonly runId: string;
  readonly modelName: string;
  readonly endpointConfigName: string;
  /** Digest of the inference image, if it is of this pipeline's repository, and nothing that is kept uses it. */
  readonly imageDigest?: string;
}

/** What is not retired. */
export interface Kept {
  /** Number of champions. */
  readonly keep: number;
  /** Configuration of the endpoint; undefined where there is no endpoint. */
  readonly configInUse: string | undefined;
  /** Model that is tested against the champion, if any. */
  readonly challenger: Champion | null;
  /** Repository of the images that this pipeline builds; undefined: it builds no inference image. */
  readonly repositoryName: string | undefined;
}

/** Maximum champions per clean-up, so that a long history costs no more than a short one. */
export const MAX_RETIRED = 20;

/**
 * Selects the former champions to retire: all but the newest `keep`, and never one that the endpoint still uses.
 *
 * @param history champions, newest first
 */
export function selectRetired(
  history: readonly Champion[],
  { keep, configInUse, challenger, repositoryName }: Kept,
): Retired[] {
  // A rollback records an older champion again: the newest record of each counts.
  const seen = new Set<string>();
  const distinct = history.filter(({ modelName }) => !seen.has(modelName) && seen.add(modelName));
  const isKept = (champion: Champion, index: number) =>
    index < keep || champion.endpointConfigName === configInUse;
  const kept = distinct.filter(isKept);
  const inUse = challenger ? [...kept, challenger] : kept;
  const images = new Set(inUse.map(({ inferenceImage }) => inferenceImage));
  return distinct
    .filter((champion, index) => !isKept(champion, index))
    .slice(0, MAX_RETIRED)
    .map(({ runId, modelName, endpointConfigName, inferenceImage }) => ({
      runId,
      modelName,
      endpointConfigName,
      ...(isOwn(inferenceImage, repositoryName) &&
        !images.has(inferenceImage) && { imageDigest: digestOf(inferenceImage) }),
    }));
}

/** An image of the repository. */
export interface PushedImage {
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly pushedAt: number;
}

/**
 * Selects the images that are deleted: those of the retired champions, and old ones that no champion ever used, such as
 * those of rejected models.
 *
 * @param images of the repository
 * @param history champions, newest first
 * @param retired champions that are retired now
 * @returns digests
 */
export function selectImages(
  images: readonly PushedImage[],
  history: readonly Champion[],
  challenger: Champion | null,
  retired: readonly Retired[],
): string[] {
  const gone = new Set(retired.flatMap(({ imageDigest }) => imageDigest ?? []));
  const used = new Set(
    (challenger ? [...history, challenger] : history).map(({ inferenceImage }) => digestOf(inferenceImage)),
  );
  const unused = [...images]
    .sort((a, b) => b.pushedAt - a.pushedAt)
    .slice(IMAGES_KEPT)
    .map(({ digest }) => digest)
    .filter((digest) => !used.has(digest));
  return [...new Set([...gone, ...unused])];
}

/** Returns true for an image of the repository. @param image `<registry>/<repository>@sha256:…` */
function isOwn(image: string, repositoryName: string | undefined): boolean {
  return repositoryName !== undefined && image.slice(image.indexOf('/') + 1).startsWith(`${repositoryName}@`);
}

/** Returns the digest. @param image `<repository>@sha256:…` */
function digestOf(image: string): string {
  return image.slice(image.indexOf('@') + 1);
}
