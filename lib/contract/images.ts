/**
 * Media type of the manifests that SageMaker hosts: CreateModel answers "Unsupported manifest media type" for
 * `application/vnd.oci.image.manifest.v1+json` and for indexes
 * (https://github.com/aws/amazon-sagemaker-feedback/issues/180).
 */
export const HOSTED_MEDIA_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';

/** Images kept per repository: each is one content of the container's folder. */
export const IMAGES_KEPT = 50;
