import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { linkAddress, MAC_ALGORITHM, signedBytes, type ApprovalLink } from '../shared/approval-link';

/** Signs links with the key. */
export class LinkSigner {
  constructor(
    private readonly base: string,
    private readonly keyArn: string,
    private readonly client = new KMSClient(),
  ) {}

  async address(link: ApprovalLink): Promise<string> {
    const { Mac } = await this.client.send(
      new GenerateMacCommand({
        KeyId: this.keyArn,
        MacAlgorithm: MAC_ALGORITHM,
        Message: signedBytes(link),
      }),
    );
    return linkAddress(this.base, { ...link, mac: Mac! });
  }
}
