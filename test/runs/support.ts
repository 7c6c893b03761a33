import { GetObjectCommand } from '@aws-sdk/client-s3';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import type { Output } from '../../start/progress';
import type { Session } from '../../start/session';

/** What would have been shown to a person without a terminal. */
export class RecordedOutput implements Output {
  readonly isTTY = false;
  text = '';

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** The bytes of the ONNX model that is in production. */
export async function championModel({ clients, outputs }: Session): Promise<Buffer> {
  const get = async (Bucket: string, Key: string) =>
    Buffer.from(
      await (await clients.s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToByteArray(),
    );
  const champion = await get(outputs.ArtifactsBucketName, 'champion.json');
  const { modelDataUrl } = JSON.parse(champion.toString()) as { modelDataUrl: string };
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(modelDataUrl)!;
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  try {
    writeFileSync(join(folder, 'model.tar.gz'), await get(bucket!, key!));
    await extract({ file: join(folder, 'model.tar.gz'), cwd: folder });
    return readFileSync(join(folder, 'model.onnx'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
