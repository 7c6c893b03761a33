import { DOCKER_MANIFEST } from '../../containers/engine';
import type { Cloud } from '../../core/cloud';
import type { Principal } from '../../core/principals';
import { parseImageUri } from '../../images/image-manifest';
import { ServiceError } from '../../model/errors';
import { validation } from './limits';

/**
 * Checks that an image of this registry has the media type that SageMaker hosts. The message is AWS's
 * (https://github.com/aws/amazon-sagemaker-feedback/issues/180). An image that does not exist, or may not be pulled, is
 * reported by the pull.
 *
 * @param role the model's, in whose name SageMaker reads the image
 */
export async function checkModelImage(cloud: Cloud, uri: string, role: Principal): Promise<void> {
  const reference = parseImageUri(uri);
  if (reference?.registryId !== cloud.account) return;
  const { repositoryName, imageTag, imageDigest } = reference;
  const id = imageDigest === undefined ? { imageTag: imageTag ?? 'latest' } : { imageDigest };
  const request = { repositoryName, imageIds: [id] };
  const mediaType = await cloud.call('ecr', 'BatchGetImage', request, { principal: role }).then(
    ({ images }) => images?.[0]?.imageManifestMediaType,
    (error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      return undefined;
    },
  );
  if (mediaType === undefined || mediaType === DOCKER_MANIFEST) return;
  throw validation(
    `Unsupported manifest media type ${mediaType} for image ${uri}. Ensure that valid manifest media type is used for specified image.`,
  );
}
