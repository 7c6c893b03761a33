import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cloud } from '../core/cloud';
import { engineOf } from '../engines';
import { pushImage } from '../images/image-manifest';

/**
 * Builds an image of a Node program and pushes it, without a build project.
 *
 * @param uri `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>` of a repository of this cloud
 * @returns the digest
 */
export async function pushProgram(cloud: Cloud, uri: string, program: string): Promise<string> {
  const context = mkdtempSync(join(tmpdir(), 'program-'));
  try {
    writeFileSync(join(context, 'main.cjs'), program);
    writeFileSync(
      join(context, 'Dockerfile'),
      'FROM node\nWORKDIR /app\nCOPY main.cjs ./\nENTRYPOINT ["node", "/app/main.cjs"]\n',
    );
    const builder = engineOf(cloud).builder();
    await builder.run(['build', '--tag', uri, '.'], context, '');
    return await pushImage(cloud, (await builder.tagged(uri))!, uri, {
      principal: cloud.principals.operator,
    });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
