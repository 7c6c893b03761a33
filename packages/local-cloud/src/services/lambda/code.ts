import { unzipSync } from 'fflate';
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Caller } from '../../core/service';
import { RUNTIME_CLIENT } from './runtime-client';
import { invalidParameter } from './settings';

/** The files that a function's process needs. */
export interface RuntimeFiles {
  taskRoot: string;
  /** The preload script that replaces the native part of the runtime client. */
  preload: string;
  /** The entry point of `aws-lambda-ric`. */
  interfaceClient: string;
}

/** A deployment package's id, and its size in bytes. */
export interface Package {
  /** SHA-256 of the zip file in hexadecimal; also the name of the file. */
  hash: string;
  size: number;
}

export interface CodeSource {
  S3Bucket?: string;
  S3Key?: string;
  S3ObjectVersion?: string;
  ZipFile?: Uint8Array;
}

const MAX_ZIPPED = 52_428_800;
const MAX_UNZIPPED = 262_144_000;

/** Packages that AWS's Node.js runtimes include. */
const IN_RUNTIME = ['@aws-sdk', '@smithy'];

/**
 * The functions' code. Zip files are kept in the state directory. They are unpacked in a temporary folder outside of
 * this project's `node_modules`, so that a bundle that lacks a package fails as it would in AWS.
 */
export class CodeStore {
  private readonly directory: string;
  private root: string | undefined;
  private readonly unpacked = new Map<string, Promise<string>>();

  constructor(private readonly cloud: Cloud) {
    this.directory = join(cloud.stateDirectory, 'lambda');
  }

  /** Stores a package. Code in S3 is read with the caller's permissions. */
  async receive(source: CodeSource, caller: Caller): Promise<Package> {
    const zip = await this.read(source, caller);
    entries(zip);
    const hash = createHash('sha256').update(zip).digest('hex');
    const file = this.file(hash);
    await mkdir(this.directory, { recursive: true });
    const temporary = `${file}.${randomUUID()}`;
    await writeFile(temporary, zip);
    await rename(temporary, file);
    return { hash, size: zip.length };
  }

  /** Returns the zip file. */
  file(hash: string): string {
    return join(this.directory, `${hash}.zip`);
  }

  remove(hash: string): void {
    rmSync(this.file(hash), { force: true });
  }

  /** Returns the files that a process needs to run the package. */
  async runtimeFiles(hash: string): Promise<RuntimeFiles> {
    if (!this.root) {
      this.removeUnpacked();
      this.root = createRoot();
      symlinkSync(this.root, this.unpackedLink, 'dir');
    }
    const root = this.root;
    let taskRoot = this.unpacked.get(hash);
    if (!taskRoot) {
      taskRoot = unpack(this.file(hash), join(root, hash));
      this.unpacked.set(hash, taskRoot);
    }
    const interfaceClient = createRequire(__filename).resolve('aws-lambda-ric');
    return { taskRoot: await taskRoot, preload: join(root, 'runtime-client.cjs'), interfaceClient };
  }

  /** Removes the unpacked files; the zip files stay. */
  close(): void {
    if (this.root) this.removeUnpacked();
    this.root = undefined;
    this.unpacked.clear();
  }

  /** The link to the folder of unpacked code, by which the folder of a killed cloud is found. */
  private get unpackedLink(): string {
    return join(this.directory, 'unpacked');
  }

  private removeUnpacked(): void {
    if (!lstatSync(this.unpackedLink, { throwIfNoEntry: false })?.isSymbolicLink()) return;
    rmSync(readlinkSync(this.unpackedLink), { recursive: true, force: true });
    rmSync(this.unpackedLink);
  }

  private async read(
    { S3Bucket, S3Key, S3ObjectVersion, ZipFile }: CodeSource,
    caller: Caller,
  ): Promise<Uint8Array> {
    if (ZipFile && !S3Bucket) {
      if (ZipFile.length <= MAX_ZIPPED) return ZipFile;
      throw new ServiceError(
        'RequestEntityTooLargeException',
        `The zip file has ${ZipFile.length} bytes; at most ${MAX_ZIPPED} are allowed here: put it into S3.`,
        { status: 413 },
      );
    }
    if (!S3Bucket || !S3Key || ZipFile) {
      throw invalidParameter('Please provide a source for function code: S3Bucket and S3Key, or ZipFile.');
    }
    try {
      const input = { Bucket: S3Bucket, Key: S3Key, VersionId: S3ObjectVersion };
      const { Body } = await this.cloud.call('s3', 'GetObject', input, caller);
      return Body instanceof Readable ? await buffer(Body) : Body!;
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code === 'NotImplemented') throw error;
      const message = `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`;
      throw error.code === 'AccessDenied'
        ? new ServiceError('AccessDeniedException', message, { status: 403 })
        : invalidParameter(message);
    }
  }
}

/** Creates a folder for unpacked code, next to the modules of AWS's runtime, which both `require` and `import` find. */
function createRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'lambda-'));
  const modules = join(root, 'node_modules');
  mkdirSync(modules);
  // .../node_modules/aws-lambda-ric/index.mjs
  const installed = dirname(dirname(createRequire(__filename).resolve('aws-lambda-ric')));
  for (const scope of IN_RUNTIME) {
    if (existsSync(join(installed, scope))) symlinkSync(join(installed, scope), join(modules, scope), 'dir');
  }
  writeFileSync(join(root, 'runtime-client.cjs'), RUNTIME_CLIENT);
  return root;
}

async function unpack(zipFile: string, folder: string): Promise<string> {
  for (const [name, content] of Object.entries(entries(await readFile(zipFile)))) {
    const file = join(folder, name);
    await mkdir(name.endsWith('/') ? file : dirname(file), { recursive: true });
    if (!name.endsWith('/')) await writeFile(file, content);
  }
  return folder;
}

/** Returns the files of a zip by path; throws if a path is outside of the target folder. */
function entries(zip: Uint8Array): Record<string, Uint8Array> {
  const broken = (why: string) =>
    invalidParameter(
      `Could not unzip uploaded file (${why}). Please check your file, then try to upload again.`,
    );
  let files: Record<string, Uint8Array>;
  try {
    // fflate's asynchronous functions are not used: their worker threads take longer to start than most packages to
    // unpack.
    files = unzipSync(zip);
  } catch (error) {
    throw broken((error as Error).message);
  }
  const outside = Object.keys(files).find((name) => isAbsolute(name) || normalize(name).startsWith('..'));
  if (outside !== undefined) throw broken(`it has a path outside of its folder: ${outside}`);
  const size = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  if (size > MAX_UNZIPPED) {
    throw invalidParameter(`Unzipped size must be smaller than ${MAX_UNZIPPED} bytes; it is ${size}.`);
  }
  return files;
}
