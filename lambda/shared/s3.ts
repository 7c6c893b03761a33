import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { PinnedObject } from '../../lib/contract/run';

/** Errors that S3 returns when a concurrent write won. */
const REFUSED = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];

export interface ReadOptions {
  readonly versionId?: string;
  /** First and last byte, inclusive. */
  readonly range?: readonly [number, number];
}

/** Operations of the functions on one bucket. */
export class Bucket {
  constructor(
    readonly name: string,
    private readonly client = new S3Client(),
  ) {}

  uri(key: string): string {
    return `s3://${this.name}/${key}`;
  }

  /** Returns the state of versioning: `Enabled`, `Suspended`, or undefined if it was never on. */
  async versioning(): Promise<string | undefined> {
    return (await this.client.send(new GetBucketVersioningCommand({ Bucket: this.name }))).Status;
  }

  /** Returns every object below `prefix` in its current version, in key order; deleted ones are left out. */
  async currentVersions(prefix: string): Promise<PinnedObject[]> {
    const objects: PinnedObject[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await this.client.send(
        new ListObjectVersionsCommand({ Bucket: this.name, Prefix: prefix, ...marker }),
      );
      for (const { Key, VersionId, Size, IsLatest } of page.Versions ?? []) {
        if (IsLatest) objects.push({ key: Key!, versionId: VersionId!, size: Size! });
      }
      if (!page.IsTruncated) return objects;
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }

  /** Returns the version ids of one object, newest first; its deletions are left out. */
  async versionsOf(key: string): Promise<string[]> {
    const { Versions = [] } = await this.client.send(
      new ListObjectVersionsCommand({ Bucket: this.name, Prefix: key }),
    );
    return Versions.filter(({ Key }) => Key === key).map(({ VersionId }) => VersionId!);
  }

  async keys(prefix: string): Promise<string[]> {
    return (await this.list(prefix)).map(({ key }) => key);
  }

  async list(prefix: string): Promise<{ key: string; modified: Date }[]> {
    const found: { key: string; modified: Date }[] = [];
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key, LastModified } of page.Contents ?? [])
        found.push({ key: Key!, modified: LastModified! });
      token = page.NextContinuationToken;
    } while (token);
    return found;
  }

  async text(key: string, options: ReadOptions = {}): Promise<string> {
    return (await this.get(key, options)).transformToString();
  }

  async bytes(key: string, options: ReadOptions = {}): Promise<Uint8Array> {
    return (await this.get(key, options)).transformToByteArray();
  }

  private async get(key: string, { versionId, range }: ReadOptions) {
    const { Body } = await this.client.send(
      new GetObjectCommand({
        Bucket: this.name,
        Key: key,
        VersionId: versionId,
        Range: range && `bytes=${range[0]}-${range[1]}`,
      }),
    );
    return Body!;
  }

  /** Reads an object as text. @returns undefined if it does not exist */
  async textIfAny(key: string): Promise<string | undefined> {
    try {
      return await this.text(key);
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Reads an object with its content type. @returns undefined if it does not exist */
  async objectIfAny(key: string): Promise<{ body: Uint8Array; contentType: string | undefined } | undefined> {
    try {
      const { Body, ContentType } = await this.client.send(
        new GetObjectCommand({ Bucket: this.name, Key: key }),
      );
      return { body: await Body!.transformToByteArray(), contentType: ContentType };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Reads an object as JSON. @returns null if it does not exist */
  async json<T>(key: string): Promise<T | null> {
    return (await this.read<T>(key))?.value ?? null;
  }

  /** Reads an object as JSON, with the ETag for {@link putOver}. @returns null if it does not exist */
  async read<T>(key: string): Promise<{ value: T; etag: string } | null> {
    try {
      const { Body, ETag } = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
      return { value: this.parsed<T>(key, await Body!.transformToString()), etag: ETag! };
    } catch (error) {
      if (error instanceof NoSuchKey) return null;
      throw error;
    }
  }

  private parsed<T>(key: string, text: string): T {
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new SyntaxError(`${this.uri(key)} is not JSON: ${(error as Error).message}`);
    }
  }

  async put(key: string, body: string | Uint8Array, contentType = 'application/json'): Promise<void> {
    await this.client.send(
      new PutObjectCommand({ Bucket: this.name, Key: key, Body: body, ContentType: contentType }),
    );
  }

  async putJson(key: string, value: unknown): Promise<void> {
    await this.put(key, jsonText(value));
  }

  /** Writes an object that does not exist yet. @returns false if it exists: of two writers, one gets true */
  async putNew(key: string, value: unknown): Promise<boolean> {
    return (await this.putIf(key, value, { IfNoneMatch: '*' })) !== null;
  }

  /** Replaces an object unless it has changed since it was read. @returns its new ETag; null if it has changed */
  async putOver(key: string, value: unknown, etag: string): Promise<string | null> {
    return this.putIf(key, value, { IfMatch: etag });
  }

  private async putIf(
    Key: string,
    value: unknown,
    condition: { IfNoneMatch: string } | { IfMatch: string },
  ): Promise<string | null> {
    try {
      const { ETag } = await this.client.send(
        new PutObjectCommand({
          Bucket: this.name,
          Key,
          Body: jsonText(value),
          ContentType: 'application/json',
          ...condition,
        }),
      );
      return ETag!;
    } catch (error) {
      // Concurrent writes may end in a conflict for one of them (S3 User Guide, "Conditional writes").
      if (REFUSED.includes((error as Error).name)) return null;
      throw error;
    }
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
