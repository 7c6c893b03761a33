import { BatchDeleteImageCommand, ECRClient } from '@aws-sdk/client-ecr';

/** The repository of the inference images. */
export class Repository {
  constructor(
    private readonly repositoryName: string,
    private readonly client = new ECRClient(),
  ) {}

  /** Deletes images by digest; an image that is already deleted is no failure. */
  async delete(digests: readonly string[]): Promise<void> {
    if (digests.length === 0) return;
    const { failures = [] } = await this.client.send(
      new BatchDeleteImageCommand({
        repositoryName: this.repositoryName,
        imageIds: digests.map((imageDigest) => ({ imageDigest })),
      }),
    );
    const failed = failures.filter(({ failureCode }) => failureCode !== 'ImageNotFound');
    if (failed.length === 0) return;
    const reasons = failed.map(({ imageId, failureReason }) => `${imageId?.imageDigest}: ${failureReason}`);
    throw new Error(`images of ${this.repositoryName} could not be deleted: ${reasons.join('; ')}`);
  }
}
