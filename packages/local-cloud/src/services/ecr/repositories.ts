import type { Repository as RepositoryShape, ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Cloud } from '../../core/cloud';
import { digestOf } from '../../images/image-manifest';
import { ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';

export interface Image {
  digest: string;
  manifest: string;
  mediaType: string;
  /** Milliseconds since the epoch. */
  pushed: number;
  tags: string[];
}

export interface Repository {
  name: string;
  arn: string;
  created: number;
  tagMutability: 'MUTABLE' | 'IMMUTABLE';
  scanOnPush: boolean;
  encryption: { encryptionType: 'AES256' | 'KMS'; kmsKey?: string };
  policyText?: string;
  lifecyclePolicyText?: string;
  images: Image[];
}

const TAG = /^[\w][\w.-]{0,127}$/;

/** The repositories of the registry, each with its images' manifests. Layers are not stored. */
export class Repositories {
  private readonly store: Store<{ repositories: Record<string, Repository> }>;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store('ecr', () => ({ repositories: {} }));
  }

  list(): Repository[] {
    return Object.values(this.store.data.repositories);
  }

  get(name: string, registryId = this.cloud.account): Repository {
    const repository = this.store.data.repositories[name];
    if (repository && registryId === this.cloud.account) return repository;
    const message = `The repository with name '${name}' does not exist in the registry with id '${registryId}'`;
    throw new ServiceError('RepositoryNotFoundException', message);
  }

  create(settings: Pick<Repository, 'name' | 'tagMutability' | 'scanOnPush' | 'encryption'>): Repository {
    const { name } = settings;
    if (this.store.data.repositories[name]) {
      const message = `The repository with name '${name}' already exists in the registry with id '${this.cloud.account}'`;
      throw new ServiceError('RepositoryAlreadyExistsException', message);
    }
    const arn = this.cloud.arn('ecr', `repository/${name}`);
    const repository = { ...settings, arn, created: this.cloud.clock.now(), images: [] };
    this.store.data.repositories[name] = repository;
    this.store.changed();
    return repository;
  }

  delete(repository: Repository): void {
    delete this.store.data.repositories[repository.name];
    this.store.changed();
  }

  /** Saves a changed repository. */
  changed(): void {
    this.store.changed();
  }

  /** Adds a manifest, or a tag to an existing one; throws if ECR refuses it. */
  put(repository: Repository, manifest: string, mediaType: string, tag: string | undefined): Image {
    if (tag !== undefined && !TAG.test(tag)) {
      const message = `Invalid parameter at 'imageTag': '${tag}' must have 1 to 128 letters, digits and any of _.- in it`;
      throw new ServiceError('InvalidParameterException', message);
    }
    const digest = digestOf(manifest);
    const same = repository.images.find((image) => image.digest === digest);
    const tagged = tag === undefined ? undefined : repository.images.find(({ tags }) => tags.includes(tag));
    if (same && (tag === undefined || same.tags.includes(tag))) {
      const message = `Image with digest '${digest}' and tag '${tag ?? ''}' already exists in the repository with name '${repository.name}' in registry with id '${this.cloud.account}'`;
      throw new ServiceError('ImageAlreadyExistsException', message);
    }
    if (tagged && repository.tagMutability === 'IMMUTABLE') {
      const message = `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`;
      throw new ServiceError('ImageTagAlreadyExistsException', message);
    }
    if (tagged) tagged.tags = tagged.tags.filter((each) => each !== tag);
    const image = same ?? { digest, manifest, mediaType, pushed: this.cloud.clock.now(), tags: [] };
    if (!same) repository.images.push(image);
    if (tag !== undefined) image.tags.push(tag);
    this.store.changed();
    return image;
  }

  show({ name, arn, created, tagMutability, scanOnPush, encryption }: Repository): RepositoryShape {
    return {
      repositoryName: name,
      repositoryArn: arn,
      registryId: this.cloud.account,
      repositoryUri: `${this.cloud.account}.dkr.ecr.${this.cloud.region}.amazonaws.com/${name}`,
      createdAt: new Date(created),
      imageTagMutability: tagMutability,
      imageScanningConfiguration: { scanOnPush },
      encryptionConfiguration: encryption,
    };
  }
}

/** Finds the image with the digest, the tag, or both. */
export function findImage(
  { images }: Repository,
  { imageDigest, imageTag }: ImageIdentifier,
): Image | undefined {
  return images.find(
    ({ digest, tags }) =>
      (imageDigest === undefined || digest === imageDigest) &&
      (imageTag === undefined || tags.includes(imageTag)),
  );
}

/** Returns the size of the layers and the configuration in bytes, according to the manifest. */
export function imageSize(manifest: string): number {
  try {
    const { config, layers = [] } = JSON.parse(manifest) as {
      config?: { size?: number };
      layers?: { size?: number }[];
    };
    return [config, ...layers].reduce((sum, blob) => sum + (blob?.size ?? 0), 0);
  } catch {
    return 0;
  }
}
