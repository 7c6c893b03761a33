import type { Cloud } from '../../core/cloud';
import type { Call } from '../../core/service';
import type { Bucket, Version } from './bucket-store';

interface Occurrence {
  key: string;
  version: Version;
  call: Call;
  /** The operation that created the object, for `Object Created`. */
  reason?: 'PutObject' | 'POST Object' | 'CopyObject' | 'CompleteMultipartUpload';
}

let sequence = 0;

/** Publishes an object's event in EventBridge's form, if the bucket sends its events there. */
export function announce(
  cloud: Cloud,
  bucket: Bucket,
  detailType: 'Object Created' | 'Object Deleted' | 'Object Tags Added' | 'Object Tags Deleted',
  { key, version, call, reason }: Occurrence,
): void {
  const notification = bucket.documents.notification as { EventBridgeConfiguration?: object } | undefined;
  if (!notification?.EventBridgeConfiguration) return;
  const created = detailType === 'Object Created';
  const ofTags = !created && detailType !== 'Object Deleted';
  const now = cloud.clock.now();
  cloud.events.publish({
    source: 'aws.s3',
    detailType,
    time: now,
    resources: [`arn:aws:s3:::${bucket.name}`],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: {
        key,
        ...(created && { size: version.size }),
        ...((created || ofTags) && { etag: version.etag.replaceAll('"', '') }),
        ...(bucket.versioning && { 'version-id': version.id }),
        // Events of tags have none (User Guide, "EventBridge event message structure").
        ...(!ofTags && { sequencer: nextSequencer(now) }),
      },
      'request-id': call.requestId,
      requester: call.principal.account,
      'source-ip-address': '127.0.0.1',
      ...(created && { reason }),
      ...(detailType === 'Object Deleted' && {
        reason: 'DeleteObject',
        'deletion-type': version.deleteMarker ? 'Delete Marker Created' : 'Permanently Deleted',
      }),
    },
  });
}

/** Returns the sequencer, which orders the events of one key; hexadecimal, of a fixed length. */
function nextSequencer(now: number): string {
  const count = (sequence++ % 0xffffff).toString(16).padStart(6, '0');
  return `${now.toString(16).padStart(12, '0')}${count}`.toUpperCase();
}
