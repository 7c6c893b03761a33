import type {
  ImageHashes,
  ImageName,
  PrebuiltImages,
  PrebuiltReference,
} from '../../lib/contract/environment';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { HOSTED_MEDIA_TYPE } from '../../lib/contract/images';
import type { RunPlan } from '../../lib/contract/run';

export interface FoundImage {
  readonly digest: string;
  readonly mediaType: string | undefined;
}

/** Looks an image up. @returns undefined if the repository has no such image */
export type FindImage = (reference: PrebuiltReference) => Promise<FoundImage | undefined>;

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
  find: FindImage,
): Promise<{ hashes: ImageHashes; images: RunPlan['images'] }> {
  const faults: string[] = [];
  const pinned = { ...hashes };
  const images: Partial<Record<ImageName, string>> = {};
  for (const [name, reference] of Object.entries(prebuilt) as [ImageName, PrebuiltReference][]) {
    try {
      const found = await find(reference);
      if (found === undefined) faults.push(absent(reference));
      else if (name === 'inference' && !isHosted(reference, found)) faults.push(notHosted(reference, found));
      else {
        const { digest } = found;
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

/** A built-in algorithm is AWS's own. */
function isHosted({ id }: PrebuiltReference, { mediaType }: FoundImage): boolean {
  return 'imageTag' in id || mediaType === HOSTED_MEDIA_TYPE;
}

function notHosted(reference: PrebuiltReference, { mediaType }: FoundImage): string {
  return (
    `${reference.field}: the image ${shown(reference)} has the media type ${mediaType}; must be ${HOSTED_MEDIA_TYPE}, ` +
    'which SageMaker hosts: build it with docker build --platform linux/amd64 --provenance=false --output ' +
    'type=image,oci-mediatypes=false, push it and name its digest'
  );
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
