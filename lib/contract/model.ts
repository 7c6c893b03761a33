import type { HyperparameterDefinitions } from './hyperparameters';
import type { ModelMetrics } from './metrics';

/** A content type that the API accepts. */
export interface AcceptedContent {
  /** Media type without parameters, e.g. `application/json` or `image/png`. */
  readonly contentType: string;
  /** True for bytes that are not text. */
  readonly binary: boolean;
  /** JSON schema (draft 4) that API Gateway checks the body with; null: the model checks it. */
  readonly schema: Readonly<Record<string, unknown>> | null;
}

/** Returns the media type of a `content-type` header, in lower case and without parameters. */
export function mediaTypeOf(contentType: string): string {
  return contentType.split(';')[0]!.trim().toLowerCase();
}

/** Returns true for a content type whose bodies are text in UTF-8. */
export function isText(contentType: string): boolean {
  return /^(text\/.+|application\/(([a-z0-9.+-]+\+)?(json|xml)|jsonlines|x-ndjson))$/.test(
    mediaTypeOf(contentType),
  );
}

/** Returns true for a content type whose bodies are JSON. */
export function isJson(contentType: string): boolean {
  return /^application\/([a-z0-9.+-]+\+)?json$/.test(mediaTypeOf(contentType));
}

/**
 * Returns the header `accept` of a request to the API. API Gateway returns bytes, and not their base64, if the first
 * type is binary ("Binary media types for REST APIs in API Gateway", Developer Guide); the model is asked for its own
 * first type in any case.
 */
export function acceptHeader(returns: readonly string[]): string {
  return [...returns.filter((type) => !isText(type)), ...returns.filter(isText)].join(', ');
}

/** The contents of the model's API. */
export interface ApiContents {
  /** At least one; the first is the usual one. */
  readonly accepts: readonly AcceptedContent[];
  /** Media types of answers; the first is asked for. */
  readonly returns: readonly string[];
  /** Allowed difference of a number in an answer to a golden request, relative above 1. */
  readonly answerTolerance: number;
}

/** Checks of data files before a run starts. */
export const DATA_CHECKS = ['table', 'csvHeader', 'none'] as const;
/** `table`: schema, header and first cells; `csvHeader`: CSV files with one header; `none`. */
export type DataCheck = (typeof DATA_CHECKS)[number];

/** Form of the rows that preprocessing writes for programs of others. */
export interface SplitsFormat {
  /** True for a first line with the names of the columns. */
  readonly header: boolean;
  /** Position of the label in the files that training reads. */
  readonly label: 'first' | 'last' | 'none';
  /** Media type of the files, and of requests with such rows. */
  readonly contentType: 'text/csv';
}

/** Facts of the model that its functions need; `model.json` in their bundles. */
export interface ModelFacts {
  readonly name: string;
  readonly data: {
    readonly check: DataCheck;
    /** Endings of the names of data files, in lower case; `*`: every object is one; null: those that `check` reads. */
    readonly suffixes: '*' | readonly string[] | null;
  };
  /** Undefined: the form of the shipped programs. */
  readonly splits?: SplitsFormat;
  readonly hyperparameters: HyperparameterDefinitions;
  readonly metrics: ModelMetrics;
  readonly api: ApiContents;
}

/** Name of the file with {@link ModelFacts}. */
export const MODEL_FILE = 'model.json';
