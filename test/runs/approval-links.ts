import {
  linkAddress,
  MAC_ALGORITHM,
  signedBytes,
  type ApprovalLink,
} from '../../lambda/shared/approval-link';
import type { Cloud } from '../../local/core/cloud';

/** An approval mail. */
export interface Question {
  readonly runId: string;
  readonly mail: string;
  /** Addresses of the links. */
  readonly approve: string;
  readonly reject: string;
}

/** Returns the approval mails, oldest first. */
export function questionsIn(mails: readonly string[]): Question[] {
  return mails
    .filter((mail) => /^Subject: \[local\] approve\?/m.test(mail))
    .map((mail) => {
      const link = (title: string) => new RegExp(`^${title}:\n(http://\\S+)$`, 'm').exec(mail)![1]!;
      const runId = /^Run (\S+) trained/m.exec(mail)![1]!;
      return { runId, mail, approve: link('Approve'), reject: link('Reject') };
    });
}

/** Returns the URL of a link that the deployed key signed. */
export async function signedLink(cloud: Cloud, base: string, link: ApprovalLink): Promise<string> {
  const operator = { principal: cloud.principals.operator };
  const { Keys = [] } = await cloud.call('kms', 'ListKeys', {}, operator);
  for (const { KeyId } of Keys) {
    const { KeyMetadata } = await cloud.call('kms', 'DescribeKey', { KeyId }, operator);
    if (KeyMetadata!.KeyUsage !== 'GENERATE_VERIFY_MAC') continue;
    const request = { KeyId, MacAlgorithm: MAC_ALGORITHM, Message: signedBytes(link) } as const;
    const { Mac } = await cloud.call('kms', 'GenerateMac', request, operator);
    return linkAddress(base, { ...link, mac: Mac! });
  }
  throw new Error('no key signs links');
}
