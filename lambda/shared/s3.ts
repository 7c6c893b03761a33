import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { PinnedObject } from '../../lib/contract/run';

/** One bucket, as the functions need it. */
export class Bucket {
  constructor(
    readonly name: string,
    private readonly client = new S3Client(),
  ) {}

  uri(key: string): string {
    return `s3://${this.name}/${key}`;
  }

  /** Every object below `prefix` in its current version, in key order; deleted ones are left out. */
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

  /** Version ids of one object, newest first; its deletions are left out. */
  async versionsOf(key: string): Promise<string[]> {
    const { Versions = [] } = await this.client.send(
      new ListObjectVersionsCommand({ Bucket: this.name, Prefix: key }),
    );
    return Versions.filter(({ Key }) => Key === key).map(({ VersionId }) => VersionId!);
  }

  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, ContinuationToken: token }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      token = page.NextContinuationToken;
    } while (token);
    return keys;
  }

  /** @param range first and last byte, inclusive */
  async text(key: string, options: { versionId?: string; range?: [number, number] } = {}): Promise<string> {
    const { versionId, range } = options;
    const { Body } = await this.client.send(
      new GetObjectCommand({
        Bucket: this.name,
        Key: key,
        VersionId: versionId,
        Range: range && `bytes=${range[0]}-${range[1]}`,
      }),
    );
    return Body!.transformToString();
  }

  /** @returns the parsed object, or null if there is none */
  async json<T>(key: string): Promise<T | null> {
    try {
      return JSON.parse(await this.text(key)) as T;
    } catch (error) {
      if (error instanceof NoSuchKey) return null;
      throw error;
    }
  }

  /** The parsed object with the ETag that a write on condition wants, or null if there is none. */
  async tagged<T>(key: string): Promise<{ value: T; etag: string } | null> {
    try {
      const { Body, ETag } = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
      return { value: JSON.parse(await Body!.transformToString()) as T, etag: ETag! };
    } catch (error) {
      if (error instanceof NoSuchKey) return null;
      throw error;
    }
  }

  /** Writes if the object is still the one with the ETag. @returns its new ETag; null where it is not */
  async replaceJson(key: string, value: unknown, etag: string): Promise<string | null> {
    try {
      const { ETag } = await this.client.send(
        new PutObjectCommand({
          Bucket: this.name,
          Key: key,
          Body: jsonText(value),
          ContentType: 'application/json',
          IfMatch: etag,
        }),
      );
      return ETag!;
    } catch (error) {
      if (isConflict(error)) return null;
      throw error;
    }
  }

  async put(key: string, body: string, contentType = 'application/json'): Promise<void> {
    await this.client.send(
      new PutObjectCommand({ Bucket: this.name, Key: key, Body: body, ContentType: contentType }),
    );
  }

  async putJson(key: string, value: unknown): Promise<void> {
    await this.put(key, jsonText(value));
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Another write was there before (412), or is at this moment (409). */
function isConflict(error: unknown): boolean {
  return /^(PreconditionFailed|ConditionalRequestConflict)$/.test((error as Error).name);
}
