import { KMSClient, KMSInvalidMacException, VerifyMacCommand } from '@aws-sdk/client-kms';
import { MAC_ALGORITHM, signedBytes, type SignedLink } from '../shared/approval-link';

/** Verifies that the key signed a link. */
export class LinkVerifier {
  constructor(
    private readonly keyArn: string,
    private readonly client = new KMSClient(),
  ) {}

  async isGenuine(link: SignedLink): Promise<boolean> {
    try {
      await this.client.send(
        new VerifyMacCommand({
          KeyId: this.keyArn,
          MacAlgorithm: MAC_ALGORITHM,
          Message: signedBytes(link),
          Mac: link.mac,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof KMSInvalidMacException) return false;
      throw error;
    }
  }
}
