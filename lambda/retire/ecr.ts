import { BatchDeleteImageCommand, ECRClient, paginateDescribeImages } from '@aws-sdk/client-ecr';
import type { PushedImage } from './selection';

/** ECR's limit for one BatchDeleteImage. */
const MAX_DELETED = 100;

/** The repository of the inference images. */
export class Repository {
  constructor(
    private readonly repositoryName: string,
    private readonly client = new ECRClient(),
  ) {}

  /** Returns the images of the repository. */
  async list(): Promise<PushedImage[]> {
    const { client, repositoryName } = this;
    const images: PushedImage[] = [];
    for await (const { imageDetails = [] } of paginateDescribeImages({ client }, { repositoryName })) {
      images.push(
        ...imageDetails.map(({ imageDigest, imagePushedAt }) => ({
          digest: imageDigest!,
          pushedAt: imagePushedAt!.getTime(),
        })),
      );
    }
    return images;
  }

  /** Deletes images by digest, 100 at most; an image that is already deleted is no failure. */
  async delete(digests: readonly string[]): Promise<void> {
    if (digests.length === 0) return;
    const { failures = [] } = await this.client.send(
      new BatchDeleteImageCommand({
        repositoryName: this.repositoryName,
        imageIds: digests.slice(0, MAX_DELETED).map((imageDigest) => ({ imageDigest })),
      }),
    );
    const failed = failures.filter(({ failureCode }) => failureCode !== 'ImageNotFound');
    if (failed.length === 0) return;
    const reasons = failed.map(({ imageId, failureReason }) => `${imageId?.imageDigest}: ${failureReason}`);
    throw new Error(`images of ${this.repositoryName} could not be deleted: ${reasons.join('; ')}`);
  }
}
