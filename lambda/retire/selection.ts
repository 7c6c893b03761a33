import type { Champion } from '../../lib/contract/run';

/** Resources of one former champion in SageMaker and ECR. */
export interface Retired {
  readonly runId: string;
  readonly modelName: string;
  readonly endpointConfigName: string;
  /** Digest of the inference image, if nothing that is kept uses it. */
  readonly imageDigest?: string;
}

/** Maximum champions per clean-up, so that a long history costs no more than a short one. */
export const MAX_RETIRED = 20;

/**
 * Selects the former champions to retire: all but the newest `keep`, and never one that the endpoint still uses.
 *
 * @param history champions, newest first
 * @param configInUse configuration of the endpoint; undefined where there is no endpoint
 * @param challenger model that is tested against the champion, if any
 */
export function selectRetired(
  history: readonly Champion[],
  keep: number,
  configInUse: string | undefined,
  challenger: Champion | null,
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
      ...(!images.has(inferenceImage) && { imageDigest: digestOf(inferenceImage) }),
    }));
}

/** Returns the digest. @param image `<repository>@sha256:…` */
function digestOf(image: string): string {
  const at = image.indexOf('@');
  if (at < 0)
    throw new Error(`the champion's image "${image}" has no digest; Record champion writes it with one`);
  return image.slice(at + 1);
}
