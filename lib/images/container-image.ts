import { createHash } from 'node:crypto';
import * as path from 'node:path';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { IMAGES, type ImageHashes, type ImageName } from '../contract/environment';

export interface ContainerImageProps {
  /** Folder below `containers/`. */
  readonly name: ImageName;
  readonly repository: IRepository;
  /** Build argument `BASE_IMAGE`; without it the Dockerfile's own default counts. */
  readonly baseImage?: string;
}

/** A container's folder as CodeBuild gets it, and the tag that its image has or will have. */
export class ContainerImage extends Construct {
  readonly name: ImageName;
  readonly repository: IRepository;
  readonly source: Asset;
  readonly baseImage?: string;
  /** Hash of the folder's content and the base image, 32 hex digits: both the tag and what a run pins. */
  readonly contentHash: string;

  constructor(scope: Construct, id: string, props: ContainerImageProps) {
    super(scope, id);
    this.name = props.name;
    this.repository = props.repository;
    this.baseImage = props.baseImage;
    this.source = new Asset(this, 'Source', {
      path: path.join('containers', props.name),
      exclude: ['node_modules', '__pycache__', '.compile-cache', '*.pyc', '.pytest_cache'],
    });
    this.contentHash = createHash('sha256')
      .update(JSON.stringify([this.source.assetHash, props.baseImage ?? null]))
      .digest('hex')
      .slice(0, 32);
  }
}

export function contentHashes(images: Readonly<Record<ImageName, ContainerImage>>): ImageHashes {
  return Object.fromEntries(IMAGES.map((name) => [name, images[name].contentHash])) as ImageHashes;
}
