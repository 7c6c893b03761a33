import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { IgnoreMode } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { isGpu } from '../config/instance-types';
import { IMAGES, type ImageHashes, type ImageName } from '../contract/environment';
import { capitalise } from '../contract/text';

export interface ContainerImageProps {
  /** Folder below `containers/` that has the Dockerfile. */
  readonly name: ImageName;
  readonly repository: IRepository;
  /** Build argument `BASE_IMAGE`; default: the Dockerfile's own. */
  readonly baseImage?: string;
}

/** The build context of all images. */
const CONTEXT = 'containers';

/** Files left by programs that ran in this checkout. */
const LEFTOVERS = ['node_modules', '__pycache__', '.compile-cache', '*.pyc', '.pytest_cache'];

/** An image's build context for CodeBuild, and the tag of the image. */
export class ContainerImage extends Construct {
  readonly name: ImageName;
  readonly repository: IRepository;
  readonly source: Asset;
  readonly baseImage?: string;
  /** Path in the build context. */
  readonly dockerfile: string;
  /**
   * Hash of the folders that the Dockerfile copies from and the base image, 32 hex digits: the image's tag, which a run
   * pins.
   */
  readonly contentHash: string;

  constructor(scope: Construct, id: string, props: ContainerImageProps) {
    super(scope, id);
    this.name = props.name;
    this.repository = props.repository;
    this.baseImage = props.baseImage;
    this.dockerfile = `${props.name}/Dockerfile`;
    this.source = new Asset(this, 'Source', {
      path: CONTEXT,
      ignoreMode: IgnoreMode.DOCKER,
      exclude: [
        '*',
        ...copiedFolders(this.dockerfile).map((folder) => `!${folder}`),
        ...LEFTOVERS.map((name) => `**/${name}`),
      ],
    });
    this.contentHash = createHash('sha256')
      .update(JSON.stringify([this.source.assetHash, props.baseImage ?? null]))
      .digest('hex')
      .slice(0, 32);
  }
}

/** Returns the top folders of the context that hold the Dockerfile or are copied by it. */
function copiedFolders(dockerfile: string): string[] {
  const text = readFileSync(path.join(CONTEXT, dockerfile), 'utf8');
  const sources = [...text.matchAll(/^COPY\s+(.+)$/gm)].flatMap(([, words]) =>
    words!.trim().split(/\s+/).slice(0, -1),
  );
  return [...new Set([dockerfile, ...sources].map((source) => source.split('/')[0]!))].sort();
}

/** Creates the build contexts of all images. */
export function containerImages(
  scope: Construct,
  { training }: PipelineConfig,
  repositories: Readonly<Record<ImageName, IRepository>>,
): Record<ImageName, ContainerImage> {
  const { instanceType, cpuBaseImage, gpuBaseImage } = training;
  const baseImages: Partial<Record<ImageName, string>> = {
    training: isGpu(instanceType) ? gpuBaseImage : cpuBaseImage,
  };
  const image = (name: ImageName) =>
    new ContainerImage(scope, `${capitalise(name)}Image`, {
      name,
      repository: repositories[name],
      baseImage: baseImages[name],
    });
  return Object.fromEntries(IMAGES.map((name) => [name, image(name)])) as Record<ImageName, ContainerImage>;
}

export function contentHashes(images: Readonly<Record<ImageName, ContainerImage>>): ImageHashes {
  return Object.fromEntries(IMAGES.map((name) => [name, images[name].contentHash])) as ImageHashes;
}
