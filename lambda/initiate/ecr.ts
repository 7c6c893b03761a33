import { BatchGetImageCommand, ECRClient } from '@aws-sdk/client-ecr';
import type { PrebuiltReference } from '../../lib/contract/environment';
import type { FoundImage } from './images';

/** Registries of this region, of any account. */
export class Registries {
  constructor(private readonly client = new ECRClient()) {}

  /** Returns digest and media type of an image; undefined if the repository has no such image. */
  async find({ registryId, repositoryName, id }: PrebuiltReference): Promise<FoundImage | undefined> {
    const { images = [] } = await this.client.send(
      new BatchGetImageCommand({ registryId, repositoryName, imageIds: [id] }),
    );
    const [image] = images;
    const digest = image?.imageId?.imageDigest;
    return digest === undefined ? undefined : { digest, mediaType: image!.imageManifestMediaType };
  }
}
