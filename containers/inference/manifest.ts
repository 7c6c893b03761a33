import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Encoding } from '../table/encoding.ts';
import { Encoder } from '../table/encoder.ts';
import { TableError } from '../table/errors.ts';
import { showValue } from '../table/escape.ts';
import { UserError } from './errors.ts';

/** The model's description in model.json; only the fields that serving needs. */
export interface Manifest {
  readonly encoding: Encoding;
  readonly inputName: string;
  readonly outputName: string;
  /** Numbers in an answer to one row: one per class, or the value. */
  readonly outputs: number;
  /** Digest of model.onnx, hexadecimal. */
  readonly sha256: string;
}

/** A model of an earlier version of this program. */
export class OldFormat extends UserError {
  override name = 'OldFormat';
}

const FORMAT_VERSION = 2;

/**
 * Reads model.json from a model's folder and checks its digest of model.onnx.
 *
 * @throws UserError naming the file and the fault
 */
export async function loadManifest(directory: string): Promise<Manifest> {
  const manifest = parseManifest(await readModelJson(directory));
  const actual = await digest(path.join(directory, 'model.onnx'));
  if (actual !== manifest.sha256) {
    throw new UserError(
      `model.onnx: its SHA-256 is ${actual}, but model.json says ${manifest.sha256}; the model is damaged or ` +
        'the two files are from different trainings; export the model again',
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
  checkVersion(at(content, 'formatVersion'));
  const encoding = at(content, 'encoding') as Encoding;
  checkEncoding(encoding);
  const { label } = encoding;
  return {
    encoding,
    inputName: string(content, 'input', 'name'),
    outputName: string(content, 'output', 'name'),
    outputs: label.kind === 'class' ? label.classes.length : 1,
    sha256: string(content, 'sha256', 'model.onnx'),
  };
}

function checkVersion(version: unknown): void {
  if (version === FORMAT_VERSION) return;
  if (version === 1) {
    throw new OldFormat(
      'model.json: formatVersion 1 is from an earlier version of this program, which supported numeric columns only; ' +
        'train the model again',
    );
  }
  throw new UserError(`model.json: formatVersion ${showValue(version)} is not ${FORMAT_VERSION}`);
}

/** Checks the fields in which a typing error of a handmade model would cause a misleading error. */
function checkEncoding(encoding: unknown): void {
  const kind = at(encoding, 'label', 'kind');
  if (kind !== 'class' && kind !== 'number') {
    throw new UserError(
      `model.json: encoding.label.kind: ${showValue(kind)} is neither "class" nor "number"`,
    );
  }
  string(encoding, 'label', 'name');
  if (kind === 'class') list(encoding, 'label', 'classes');
  list(encoding, 'features');
  list(encoding, 'inputs');
  if (!Array.isArray(at(encoding, 'ignored'))) {
    throw new UserError(`model.json: encoding.ignored: ${showValue(at(encoding, 'ignored'))} is not a list`);
  }
  try {
    new Encoder(encoding as Encoding);
  } catch (error) {
    if (error instanceof TableError) throw new UserError(`model.json: ${error.message}`);
    throw error;
  }
}

function string(content: unknown, ...keys: string[]): string {
  const value = at(content, ...keys);
  if (typeof value === 'string') return value;
  throw new UserError(`model.json: ${keys.join('.')}: ${showValue(value)} is not a string`);
}

function list(content: unknown, ...keys: string[]): void {
  const value = at(content, ...keys);
  if (Array.isArray(value) && value.length > 0) return;
  throw new UserError(
    `model.json: ${keys.join('.')}: ${showValue(value)} is not a list with something in it`,
  );
}

function at(content: unknown, ...keys: string[]): unknown {
  let value = content;
  for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return value;
}
