import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from './errors.ts';

/** What model.json says of the model beside it, as far as serving needs it. */
export interface Manifest {
  readonly label: string;
  readonly classes: readonly string[];
  /** Names of the input's columns, in the model's order. */
  readonly features: readonly string[];
  readonly inputName: string;
  readonly outputName: string;
  /** Digest of model.onnx, hexadecimal. */
  readonly sha256: string;
}

const FORMAT_VERSION = 1;

/**
 * Reads model.json from a model's folder and checks that model.onnx beside it is the file it describes.
 *
 * @throws UserError naming the file and what is wrong with it.
 */
export async function loadManifest(directory: string): Promise<Manifest> {
  const manifest = parseManifest(await readModelJson(directory));
  const actual = await digest(path.join(directory, 'model.onnx'));
  if (actual !== manifest.sha256) {
    throw new UserError(
      `model.onnx: its SHA-256 is ${actual}, but model.json says ${manifest.sha256}; the model is damaged or ` +
        'the two files are of different trainings, so export it again',
    );
  }
  return manifest;
}

async function readModelJson(directory: string): Promise<unknown> {
  const file = path.join(directory, 'model.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => missing(file, error));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`model.json: not JSON (${(error as Error).message})`);
  }
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash).catch((error: unknown) => missing(file, error));
  return hash.digest('hex');
}

function missing(file: string, error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  throw new UserError(
    `${path.basename(file)}: there is no such file in ${path.dirname(file)}; a model has one`,
  );
}

function parseManifest(content: unknown): Manifest {
  const version = at(content, 'formatVersion');
  if (version !== FORMAT_VERSION) {
    throw new UserError(`model.json: formatVersion ${JSON.stringify(version)} is not ${FORMAT_VERSION}`);
  }
  return {
    label: string(content, 'schema', 'label'),
    classes: strings(content, 'schema', 'classes'),
    features: strings(content, 'schema', 'features'),
    inputName: string(content, 'input', 'name'),
    outputName: string(content, 'output', 'name'),
    sha256: string(content, 'sha256', 'model.onnx'),
  };
}

function string(content: unknown, ...keys: string[]): string {
  const value = at(content, ...keys);
  if (typeof value === 'string') return value;
  throw new UserError(`model.json: ${keys.join('.')}: ${JSON.stringify(value)} is not a string`);
}

function strings(content: unknown, ...keys: string[]): string[] {
  const value = at(content, ...keys);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'))
    return value;
  throw new UserError(`model.json: ${keys.join('.')}: ${JSON.stringify(value)} is not a list of names`);
}

function at(content: unknown, ...keys: string[]): unknown {
  let value = content;
  for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return value;
}
