import { hasSchema, type PipelineConfig } from '../lib/config';
import { mediaTypeOf } from '../lib/contract/model';
import type { ApiRequest } from './api';
import { UsageError } from './errors';
import { requestOf } from './request-file';

/** Media types of files by the ending of their names, for the types that models often take. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  json: ['application/json'],
  jsonl: ['application/jsonlines', 'application/x-ndjson'],
  ndjson: ['application/x-ndjson', 'application/jsonlines'],
  csv: ['text/csv'],
  txt: ['text/plain'],
  html: ['text/html'],
  xml: ['application/xml', 'text/xml'],
  png: ['image/png'],
  jpg: ['image/jpeg'],
  jpeg: ['image/jpeg'],
  gif: ['image/gif'],
  webp: ['image/webp'],
  tif: ['image/tiff'],
  tiff: ['image/tiff'],
  bmp: ['image/bmp'],
  wav: ['audio/wav', 'audio/x-wav'],
  mp3: ['audio/mpeg'],
  flac: ['audio/flac'],
  ogg: ['audio/ogg'],
  mp4: ['video/mp4'],
  pdf: ['application/pdf'],
  npy: ['application/x-npy'],
  npz: ['application/x-npz'],
  parquet: ['application/x-parquet', 'application/vnd.apache.parquet'],
};

/**
 * Returns the request for a file. The files of a table are converted to a form that the API accepts; all others are sent
 * as they are.
 *
 * @param file its name; `-` for standard input
 * @param contentType of `--content-type`; undefined: by the model's only type, or by the file's ending
 * @throws UsageError if there is no such type, or the file does not say which one it has
 */
export function requestFor(
  bytes: Buffer,
  file: string,
  contentType: string | undefined,
  config: Pick<PipelineConfig, 'api' | 'data' | 'model'>,
): ApiRequest {
  if (contentType === undefined && hasSchema(config)) return requestOf(bytes, file);
  return { contentType: chosenType(file, contentType, config), body: bytes };
}

function chosenType(
  file: string,
  given: string | undefined,
  { api, model }: Pick<PipelineConfig, 'api' | 'model'>,
): string {
  const accepted = api.accepts.map(({ contentType }) => contentType);
  if (given !== undefined) {
    if (accepted.includes(mediaTypeOf(given))) return given;
    throw new UsageError(
      `--content-type is "${given}"; model "${model}" accepts ${accepted.join(' or ')}; use one of them.`,
    );
  }
  if (accepted.length === 1) return accepted[0]!;
  const ending = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  const found = TYPES[ending]?.find((type) => accepted.includes(type));
  if (found !== undefined) return found;
  throw new UsageError(
    `FILE is "${file}", whose name says none of the content types of model "${model}"; give one with --content-type: ${accepted.join(' or ')}.`,
  );
}
