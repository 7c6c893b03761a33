import { BatchGetImageCommand, ECRClient } from '@aws-sdk/client-ecr';
import type { PrebuiltReference } from '../../lib/contract/environment';

/** Registries of this region, of any account. */
export class Registries {
  constructor(private readonly client = new ECRClient()) {}

  /** Returns the image's digest; undefined if the repository has no such image. */
  async digestOf({ registryId, repositoryName, id }: PrebuiltReference): Promise<string | undefined> {
    const { images = [] } = await this.client.send(
      new BatchGetImageCommand({ registryId, repositoryName, imageIds: [id] }),
    );
    return images[0]?.imageId?.imageDigest;
  }
}
