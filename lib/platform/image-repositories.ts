import { Duration } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { ImageName } from '../contract/environment';
import { IMAGES_KEPT } from '../contract/images';
import { capitalise } from '../contract/text';
import { removalPolicy } from './retention';

export interface ImageRepositoriesProps {
  /** Images that runs build. */
  readonly images: readonly ImageName[];
  readonly key: IKey;
  /** Keep the images when the stack is deleted. */
  readonly retain: boolean;
}

/** Tags are immutable, so only a person leaves images without one; some days to notice. */
const UNTAGGED_DAYS = 7;

/**
 * One ECR repository per image that runs build; a tag is the hash of the image's sources, and immutable. A champion needs
 * its inference image for as long as it serves, and a rule of ECR does not know champions: those images are deleted by
 * `Retire old models`. The others are built again when a run needs them.
 */
export class ImageRepositories extends Construct {
  readonly repositories: Readonly<Partial<Record<ImageName, ecr.Repository>>>;

  constructor(scope: Construct, id: string, { images, key, retain }: ImageRepositoriesProps) {
    super(scope, id);
    const repository = (name: ImageName) =>
      new ecr.Repository(this, capitalise(name), {
        imageScanOnPush: true,
        imageTagMutability: ecr.TagMutability.IMMUTABLE,
        encryption: ecr.RepositoryEncryption.KMS,
        encryptionKey: key,
        lifecycleRules: [
          {
            description: 'Untagged images',
            tagStatus: ecr.TagStatus.UNTAGGED,
            maxImageAge: Duration.days(UNTAGGED_DAYS),
          },
          ...(name === 'inference'
            ? []
            : [{ description: 'Keep the newest images', maxImageCount: IMAGES_KEPT }]),
        ],
        removalPolicy: removalPolicy(retain),
        emptyOnDelete: retain ? undefined : true,
      });
    this.repositories = Object.fromEntries(images.map((name) => [name, repository(name)]));
  }
}
