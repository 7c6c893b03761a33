import { createHash } from 'node:crypto';
import * as path from 'node:path';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Annotations, IgnoreMode } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { PipelineConfig, ProgramConfig } from '../config';
import { isGpu } from '../config/instance-types';
import { programsByImage } from '../config/programs';
import type { ByImage, ImageHashes, ImageName, PrebuiltImages } from '../contract/environment';
import { capitalise } from '../contract/text';
import { buildContext } from './build-context';
import type { ImageRepositories } from './image-repositories';
import { PrebuiltImage } from './prebuilt-image';
import type { AppRole } from './role';

export interface ContainerImageProps {
  readonly name: ImageName;
  /** Folder that has the Dockerfile, from the project's folder. */
  readonly folder: string;
  /** Build context, which holds the folder. Default: the folder. */
  readonly context?: string;
  readonly repository: IRepository;
  /** Build argument `BASE_IMAGE`; default: the Dockerfile's own. */
  readonly baseImage?: string;
}

/** Untracked files that a warning names. */
const MAX_SHOWN = 5;

/** An image's build context for CodeBuild, and the tag of the image. */
export class ContainerImage extends Construct {
  readonly name: ImageName;
  readonly repository: IRepository;
  readonly source: Asset;
  readonly baseImage?: string;
  /** Path in the build context. */
  readonly dockerfile: string;
  /**
   * Hash of the base image, and of what the Dockerfile copies and git tracks, 32 hex digits: the image's tag, which a run
   * pins.
   */
  readonly contentHash: string;

  constructor(scope: Construct, id: string, props: ContainerImageProps) {
    super(scope, id);
    const { folder, context = folder } = props;
    this.name = props.name;
    this.repository = props.repository;
    this.baseImage = props.baseImage;
    this.dockerfile = path.posix.join(path.relative(context, folder), 'Dockerfile');
    const { exclude, untracked } = buildContext(context, this.dockerfile);
    this.source = new Asset(this, 'Source', {
      path: context,
      ignoreMode: IgnoreMode.DOCKER,
      exclude: [...exclude],
    });
    this.warnOf(untracked.map((file) => path.posix.join(context, file)));
    this.contentHash = createHash('sha256')
      .update(JSON.stringify([this.source.assetHash, props.baseImage ?? null]))
      .digest('hex')
      .slice(0, 32);
  }

  private warnOf(untracked: readonly string[]): void {
    if (untracked.length === 0) return;
    const shown = untracked.slice(0, MAX_SHOWN).join(', ');
    const more = untracked.length > MAX_SHOWN ? ` and ${untracked.length - MAX_SHOWN} more` : '';
    Annotations.of(this).addWarningV2(
      'mlops:UntrackedFiles',
      `the ${this.name} image does not contain ${shown}${more}, which git does not track: git add what belongs to it, or list the rest in .gitignore`,
    );
  }

  grantPull(role: AppRole): void {
    this.repository.grantPull(role);
  }
}

/** The image of a program: built by a run from a folder, or prebuilt. */
export type ProgramImage = ContainerImage | PrebuiltImage;
export type ProgramImages = ByImage<ProgramImage>;

/** Creates the images of all programs, with the build contexts of those that a run builds. */
export function programImages(
  scope: Construct,
  config: PipelineConfig,
  { repositories }: ImageRepositories,
): ProgramImages {
  const { training, region } = config;
  const image = (name: ImageName, program: ProgramConfig): ProgramImage => {
    if (!('folder' in program)) return new PrebuiltImage(scope, { name, program, region });
    const { folder, context, baseImage } = program;
    return new ContainerImage(scope, `${capitalise(name)}Image`, {
      ...{ name, folder, context },
      repository: repositories[name]!,
      baseImage:
        typeof baseImage === 'object' ? baseImage[isGpu(training.instanceType) ? 'gpu' : 'cpu'] : baseImage,
    });
  };
  return byImage(programsByImage(config), image);
}

export function contentHashes(images: ProgramImages): ImageHashes {
  return byImage(images, (_, { contentHash }) => contentHash);
}

/** Returns the images that a run builds. */
export function builtOf(images: ProgramImages): ContainerImage[] {
  return Object.values(images).filter((image) => image instanceof ContainerImage);
}

/** Returns the references of the images that no run builds. */
export function prebuiltOf(images: ProgramImages): PrebuiltImages {
  const prebuilt = Object.values(images).filter((image) => image instanceof PrebuiltImage);
  return Object.fromEntries(prebuilt.map(({ name, reference }) => [name, reference]));
}

function byImage<From, To>(values: ByImage<From>, map: (name: ImageName, value: From) => To): ByImage<To> {
  const entries = Object.entries(values) as [ImageName, From][];
  return Object.fromEntries(entries.map(([name, value]) => [name, map(name, value)])) as ByImage<To>;
}
