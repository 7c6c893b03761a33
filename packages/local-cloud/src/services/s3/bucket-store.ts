import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChecksumAlgorithm, ChecksumType, StorageClass } from '@aws-sdk/client-s3';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';
import type { StoredTag } from './tags';

/** The stored metadata of an object, by GetObject's names. */
export interface ObjectFacts {
  ContentType?: string;
  ContentEncoding?: string;
  ContentDisposition?: string;
  ContentLanguage?: string;
  CacheControl?: string;
  /** The value of the header. */
  Expires?: string;
  StorageClass?: StorageClass;
  ServerSideEncryption?: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  SSEKMSKeyId?: string;
  BucketKeyEnabled?: boolean;
  Metadata?: Record<string, string>;
}

/** A checksum, by its member name in requests and answers, such as `ChecksumCRC32`. */
export interface StoredChecksum {
  member: string;
  value: string;
  type: ChecksumType;
}

export interface Version {
  /** The version id; the text `null` for versions written while versioning was not enabled. */
  id: string;
  /** Milliseconds since the epoch. */
  modified: number;
  deleteMarker?: true;
  size: number;
  /** The ETag in quotes, as on the wire. */
  etag: string;
  /** The name of the file with the bytes; absent for a delete marker. */
  file?: string;
  checksum?: StoredChecksum;
  /** The parts in order, for an object that was uploaded in parts. */
  parts?: StoredPart[];
  tags?: StoredTag[];
  facts: ObjectFacts;
  /** The object's data key, encrypted by KMS, in base64. */
  dataKey?: string;
}

/** A part of an object. */
export interface StoredPart {
  number: number;
  size: number;
  checksum?: StoredChecksum;
}

/** A part of an upload. */
export interface Part extends StoredPart {
  file: string;
  md5: string;
  modified: number;
}

export interface Upload {
  key: string;
  started: number;
  /** The ARN of the identity that started it. */
  initiator?: string;
  tags?: StoredTag[];
  facts: ObjectFacts;
  dataKey?: string;
  checksumAlgorithm?: ChecksumAlgorithm;
  checksumType?: ChecksumType;
  parts: Part[];
}

export interface Bucket {
  name: string;
  created: number;
  versioning?: 'Enabled' | 'Suspended';
  /** Encryption, policy, lifecycle and the like, as stored by their Put operations. */
  documents: Record<string, unknown>;
}

interface Contents {
  /** Versions by key, oldest first. */
  objects: Record<string, Version[]>;
  uploads: Record<string, Upload>;
}

/** Stores buckets: indexes of their contents in JSON, and the bytes of each version in a file. */
export class BucketStore {
  private readonly buckets: Store<{ buckets: Record<string, Bucket> }>;

  constructor(private readonly cloud: Cloud) {
    this.buckets = cloud.stores.store('s3', () => ({ buckets: {} }));
  }

  list(): Bucket[] {
    return Object.values(this.buckets.data.buckets);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.buckets.data.buckets, name);
  }

  get(name: string): Bucket {
    if (!this.has(name)) {
      throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', {
        status: 404,
        members: { BucketName: name },
      });
    }
    return this.buckets.data.buckets[name]!;
  }

  create(name: string, documents: Bucket['documents']): void {
    this.buckets.data.buckets[name] = { name, created: this.cloud.clock.now(), documents };
    this.buckets.changed();
  }

  delete(name: string): void {
    delete this.buckets.data.buckets[name];
    this.buckets.changed();
    this.cloud.stores.commit();
    this.cloud.stores.remove(`s3-buckets/${name}`);
    rmSync(this.directory(name), { recursive: true, force: true });
  }

  /** Marks a bucket's settings as changed. */
  bucketChanged(): void {
    this.buckets.changed();
  }

  contents(name: string): Contents {
    return this.index(name).data;
  }

  /** Marks a key's versions as changed. */
  objectChanged(name: string, key: string): void {
    this.index(name).changed('objects', key);
  }

  /** Marks an upload as changed. */
  uploadChanged(name: string, uploadId: string): void {
    this.index(name).changed('uploads', uploadId);
  }

  /** Removes a file once no written index names it: a process that is killed in between must find it. */
  removeFile(name: string, file: string): void {
    const path = this.file(name, file);
    this.cloud.stores.afterCommit(() => rmSync(path, { force: true }));
  }

  /** Returns the folder of the files of a bucket's versions. */
  directory(name: string): string {
    return join(this.cloud.stateDirectory, 's3', name);
  }

  file(name: string, file: string): string {
    return join(this.directory(name), file);
  }

  /** Adds a version as a key's current version; without versioning it replaces the existing one. */
  push(bucket: Bucket, key: string, version: Omit<Version, 'id'>): Version {
    const { objects } = this.contents(bucket.name);
    const id = bucket.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null';
    if (id === 'null') this.removeVersion(bucket.name, key, id);
    const versions = Object.hasOwn(objects, key) ? objects[key]! : (objects[key] = []);
    const pushed = { id, ...version };
    versions.push(pushed);
    this.objectChanged(bucket.name, key);
    return pushed;
  }

  versions(name: string, key: string): Version[] {
    const { objects } = this.contents(name);
    return Object.hasOwn(objects, key) ? objects[key]! : [];
  }

  removeVersion(name: string, key: string, id: string): Version | undefined {
    const versions = this.versions(name, key);
    const at = versions.findIndex((version) => version.id === id);
    const [removed] = at < 0 ? [] : versions.splice(at, 1);
    if (removed?.file) this.removeFile(name, removed.file);
    if (removed && versions.length === 0) delete this.contents(name).objects[key];
    if (removed) this.objectChanged(name, key);
    return removed;
  }

  /** Removes the files that no index names: bodies of requests that a killed process did not answer. */
  removeOrphans(): void {
    for (const { name } of this.list()) {
      const { objects, uploads } = this.contents(name);
      const named = new Set(
        [...Object.values(objects).flat(), ...Object.values(uploads).flatMap(({ parts }) => parts)].map(
          ({ file }) => file,
        ),
      );
      for (const file of filesIn(this.directory(name)))
        if (!named.has(file)) rmSync(this.file(name, file), { force: true });
    }
  }

  private index(name: string): Store<Contents> {
    return this.cloud.stores.store(`s3-buckets/${name}`, () => ({ objects: {}, uploads: {} }));
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
