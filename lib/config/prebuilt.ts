import type { PrebuiltReference } from '../contract/environment';
import { builtInImage, urlSuffix, type BuiltIn } from './built-ins';
import type { ProgramConfig } from './schema';

/** A program without a folder. */
export type PrebuiltProgram = Exclude<ProgramConfig, { folder: string }>;

/** Where the image of a built-in algorithm is. */
export interface Registry {
  readonly registryId: string;
  /** Of its host name, e.g. `dkr.ecr.eu-west-1.amazonaws.com`. */
  readonly host: string;
}

/** Returns the registry of an algorithm in a region; undefined if it is not known. */
export function registryIn(region: string, builtIn: BuiltIn): Registry | undefined {
  const registryId = builtInImage(builtIn).accounts[region];
  return registryId === undefined ? undefined : { registryId, host: registryHost(region, urlSuffix(region)) };
}

export function registryHost(region: string, suffix: string): string {
  return `dkr.ecr.${region}.${suffix}`;
}

const IMAGE = /^(\d{12})\.([^/]+)\/(.+)@(sha256:[0-9a-f]{64})$/;

/**
 * Returns the reference of an image.
 *
 * @param field of the configuration, e.g. `programs.train`
 * @param registry of a built-in algorithm
 */
export function prebuiltReference(
  field: string,
  program: PrebuiltProgram,
  registry: (builtIn: BuiltIn) => Registry,
): PrebuiltReference {
  const { registryId, host, repositoryName, id } =
    'image' in program
      ? byDigest(program.image)
      : {
          ...registry(program.builtIn),
          repositoryName: builtInImage(program.builtIn).repository,
          id: { imageTag: program.version },
        };
  return { registryId, repositoryName, repositoryUri: `${registryId}.${host}/${repositoryName}`, id, field };
}

function byDigest(image: string) {
  const [, registryId = '', host = '', repositoryName = '', imageDigest = ''] = IMAGE.exec(image) ?? [];
  return { registryId, host, repositoryName, id: { imageDigest } };
}
