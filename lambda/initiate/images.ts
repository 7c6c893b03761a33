import type {
  ImageHashes,
  ImageName,
  PrebuiltImages,
  PrebuiltReference,
} from '../../lib/contract/environment';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { RunPlan } from '../../lib/contract/run';

/** Looks an image up. @returns its digest; undefined if the repository has no such image */
export type FindDigest = (reference: PrebuiltReference) => Promise<string | undefined>;

/** Errors of ECR that another configuration or policy removes; any other one is a failure of the service. */
const FAULTS = ['AccessDeniedException', 'RepositoryNotFoundException', 'InvalidParameterException'];

/**
 * Pins the prebuilt images: checks that they exist and may be pulled, and replaces the version of a built-in algorithm,
 * whose tag AWS may move, by its digest.
 *
 * @param hashes of all images, as the configuration has them
 * @returns `hashes` with the digests of the prebuilt images, and these images as jobs name them
 * @throws PipelineError `ImageUnavailable` naming every image that cannot be used, its field and what to do
 */
export async function pinImages(
  hashes: ImageHashes,
  prebuilt: PrebuiltImages,
  find: FindDigest,
): Promise<{ hashes: ImageHashes; images: RunPlan['images'] }> {
  const faults: string[] = [];
  const pinned = { ...hashes };
  const images: Partial<Record<ImageName, string>> = {};
  for (const [name, reference] of Object.entries(prebuilt) as [ImageName, PrebuiltReference][]) {
    try {
      const digest = await find(reference);
      if (digest === undefined) faults.push(absent(reference));
      else {
        pinned[name] = digest;
        images[name] = `${reference.repositoryUri}@${digest}`;
      }
    } catch (error) {
      if (!FAULTS.includes((error as Error).name)) throw error;
      faults.push(refused(reference, error as Error));
    }
  }
  if (faults.length > 0) throw new PipelineError(ErrorName.ImageUnavailable, faults.join('\n'));
  return { hashes: pinned, images };
}

function absent(reference: PrebuiltReference): string {
  const remedy =
    'imageTag' in reference.id
      ? 'name another version'
      : 'push it again, or name the digest of another image (aws ecr describe-images shows them)';
  return `${reference.field}: the image ${shown(reference)} does not exist; ${remedy}`;
}

function refused(reference: PrebuiltReference, { name, message }: Error): string {
  return (
    `${reference.field}: the image ${shown(reference)} cannot be read (${name}: ${message}); the repository must exist ` +
    'in the region of the pipeline, and the policy of a repository of another account must allow this account ' +
    'ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and ecr:BatchCheckLayerAvailability'
  );
}

function shown({ repositoryUri, id }: PrebuiltReference): string {
  return 'imageTag' in id ? `${repositoryUri}:${id.imageTag}` : `${repositoryUri}@${id.imageDigest}`;
}
