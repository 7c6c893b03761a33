import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { IgnoreMode } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { PipelineConfig, ProgramConfig } from '../config';
import { isGpu } from '../config/instance-types';
import { programsByImage } from '../config/programs';
import type { ByImage, ImageHashes, ImageName, PrebuiltImages } from '../contract/environment';
import { capitalise } from '../contract/text';
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
    const { folder, context = folder } = props;
    this.name = props.name;
    this.repository = props.repository;
    this.baseImage = props.baseImage;
    this.dockerfile = path.posix.join(path.relative(context, folder), 'Dockerfile');
    this.source = new Asset(this, 'Source', {
      path: context,
      ignoreMode: IgnoreMode.DOCKER,
      exclude: [
        '*',
        ...copied(context, this.dockerfile).map((source) => `!${source}`),
        ...LEFTOVERS.map((name) => `**/${name}`),
      ],
    });
    this.contentHash = createHash('sha256')
      .update(JSON.stringify([this.source.assetHash, props.baseImage ?? null]))
      .digest('hex')
      .slice(0, 32);
  }

  grantPull(role: AppRole): void {
    this.repository.grantPull(role);
  }
}

/** The image of a program: built by a run from a folder, or prebuilt. */
export type ProgramImage = ContainerImage | PrebuiltImage;
export type ProgramImages = ByImage<ProgramImage>;

/** Returns the Dockerfile and the files, folders and patterns of the context that it copies, as `.dockerignore` reads them. */
function copied(context: string, dockerfile: string): string[] {
  const text = readFileSync(path.join(context, dockerfile), 'utf8').replaceAll(/\\\r?\n/g, ' ');
  const sources = [...text.matchAll(/^(?:COPY|ADD)\s+(.+)$/gim)].flatMap(([, words]) => {
    const given = words!.startsWith('[') ? (JSON.parse(words!) as string[]) : words!.trim().split(/\s+/);
    // What another stage of the build made is not in the context.
    if (given.some((word) => word.startsWith('--from='))) return [];
    return given.filter((word) => !word.startsWith('--')).slice(0, -1);
  });
  const inContext = (source: string) => path.posix.normalize(source).replace(/^\/|\/$/g, '');
  // Everything, for a source such as `.`.
  return [
    ...new Set([dockerfile, ...sources].map((source) => inContext(source).replace(/^\.?$/, '**'))),
  ].sort();
}

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
