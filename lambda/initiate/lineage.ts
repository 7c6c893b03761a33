/** The inputs of a model. */
export interface Ingredients {
  readonly runId: string;
  readonly fingerprint: string;
  readonly gitCommit: string;
  /** Location of the manifest, which lists the versions of data and schema. */
  readonly manifest: string;
  readonly hyperparameters: Readonly<Record<string, number | string>>;
  /** Content hash by image. */
  readonly contents: Readonly<Record<string, string>>;
}

/**
 * Hyperparameters among the properties: 50 are allowed, and further facts, images and metrics take up to 22. The
 * manifest has all of them.
 */
const MAX_HYPERPARAMETERS = 28;

/**
 * Returns the properties of a model package: in the limits of CustomerMetadataProperties, 50 of at most 256 letters,
 * digits, spaces and `_.:/=+-@`.
 */
export function lineage({ hyperparameters, contents, ...facts }: Ingredients): Record<string, string> {
  const properties = {
    ...facts,
    ...prefixed(
      'hyperparameter',
      Object.fromEntries(Object.entries(hyperparameters).slice(0, MAX_HYPERPARAMETERS)),
    ),
    ...prefixed('content', contents),
  };
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      String(value)
        .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_')
        .slice(0, 256),
    ]),
  );
}

function prefixed(
  prefix: string,
  values: Readonly<Record<string, string | number>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
}
