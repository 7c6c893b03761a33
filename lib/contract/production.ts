import { IN_SERVICE } from './endpoint';
import type { Champion } from './run';

/** What a model consists of, as S3, ECR and SageMaker have it. */
export interface ModelParts {
  readonly artifact: boolean;
  /** Undefined: not known, since the image is of another registry than the pipeline's. */
  readonly image: boolean | undefined;
  /** Null: SageMaker has none of this name. */
  readonly model: { readonly image?: string; readonly modelDataUrl?: string } | null;
  /** Models of its variants. Null: SageMaker has none of this name. */
  readonly config: { readonly models: readonly string[] } | null;
}

/** The endpoint as SageMaker describes it. */
export interface EndpointNow {
  readonly status: string;
  readonly config: string | null;
}

/** A part of a model that is not as its record says. */
export interface MissingPart {
  readonly part: 'artifact' | 'image' | 'model' | 'configuration';
  readonly name: string;
  /** True if there is another one of this name. */
  readonly replaced: boolean;
}

/** Returns true if a model can be deployed and evaluated: SageMaker's model and configuration can be created again. */
export function isWhole({ artifact, image }: ModelParts): boolean {
  return artifact && image !== false;
}

/**
 * Returns the parts of a model that are gone, or are others than recorded.
 *
 * @param hasEndpoint false for batch predictions, which have no configuration
 */
export function missingParts(record: Champion, parts: ModelParts, hasEndpoint: boolean): MissingPart[] {
  const { modelDataUrl, inferenceImage, modelName, endpointConfigName } = record;
  const { artifact, image, model, config } = parts;
  const missing: MissingPart[] = [];
  const add = (part: MissingPart['part'], name: string, replaced = false) =>
    missing.push({ part, name, replaced });
  if (!artifact) add('artifact', modelDataUrl);
  if (image === false) add('image', inferenceImage);
  if (!model) add('model', modelName);
  else if (model.image !== inferenceImage || model.modelDataUrl !== modelDataUrl)
    add('model', modelName, true);
  if (!hasEndpoint) return missing;
  if (!config) add('configuration', endpointConfigName);
  else if (config.models.some((name) => name !== modelName)) add('configuration', endpointConfigName, true);
  return missing;
}

/** Returns what is wrong with a part: `artifact s3://… was deleted`. */
export function describePart({ part, name, replaced }: MissingPart): string {
  return `${part} ${name} ${replaced ? 'is another one than recorded' : 'was deleted'}`;
}

/** Returns what a person does about a part that is gone; no full stop. */
export function remedyOf({ part, name }: MissingPart): string {
  switch (part) {
    case 'artifact': {
      const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(name) ?? [];
      return (
        `bring the artifact back: the bucket keeps versions, so delete the delete marker that ` +
        `aws s3api list-object-versions --bucket ${bucket} --prefix ${key} shows; ` +
        'without a version, npx mlops run --wait trains and deploys another model'
      );
    }
    case 'image':
      return 'push the image with the same digest again, or deploy another model with npx mlops run --wait';
    case 'model':
    case 'configuration':
      return 'npx mlops endpoint restore creates it again';
  }
}

/**
 * Returns why the endpoint does not serve what it should; undefined if it does.
 *
 * @param endpoint undefined: it does not exist
 * @param wanted names of configurations; the first is the one that it should be on
 */
export function endpointFault(
  name: string,
  endpoint: EndpointNow | undefined,
  wanted: readonly string[],
): string | undefined {
  if (!endpoint) return `endpoint "${name}" does not exist`;
  const { status, config } = endpoint;
  if (status !== IN_SERVICE) return `endpoint "${name}" is ${status}`;
  if (config !== null && wanted.includes(config)) return undefined;
  return `endpoint "${name}" serves configuration "${config ?? 'none'}" instead of "${wanted[0]}"`;
}
