import type { LocalCloud } from 'local-cloud';
import {
  linkAddress,
  MAC_ALGORITHM,
  signedBytes,
  type ApprovalLink,
} from '../../lambda/shared/approval-link';

/** The mail that asks an approver for a decision. */
export interface Question {
  readonly runId: string;
  readonly mail: string;
  /** Addresses of the links. */
  readonly approve: string;
  readonly reject: string;
}

/** The questions among mails, oldest first. */
export function questionsIn(mails: readonly string[]): Question[] {
  return mails
    .filter((mail) => /^Subject: \[table-local\] approve\?/m.test(mail))
    .map((mail) => {
      const link = (title: string) => new RegExp(`^${title}:\n(http://\\S+)$`, 'm').exec(mail)![1]!;
      const runId = /^Run (\S+) trained/m.exec(mail)![1]!;
      return { runId, mail, approve: link('Approve'), reject: link('Reject') };
    });
}

/** A link as only the deployed key can make it, in the place of another one. */
export async function signedLink(cloud: LocalCloud, base: string, link: ApprovalLink): Promise<string> {
  const { Keys = [] } = await cloud.call('kms', 'ListKeys', {});
  for (const { KeyId } of Keys) {
    const { KeyMetadata } = await cloud.call('kms', 'DescribeKey', { KeyId });
    if (KeyMetadata!.KeyUsage !== 'GENERATE_VERIFY_MAC') continue;
    const request = { KeyId, MacAlgorithm: MAC_ALGORITHM, Message: signedBytes(link) } as const;
    const { Mac } = await cloud.call('kms', 'GenerateMac', request);
    return linkAddress(base, { ...link, mac: Mac! });
  }
  throw new Error('no key signs links');
}
