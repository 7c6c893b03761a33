import { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Grantee } from '../../platform/role';

/** The only algorithm for a key of this length. */
const ALGORITHM = 'HMAC_SHA_256';

/**
 * Signs the links of approvals: a key that never leaves KMS, so no template, variable or log holds a secret. Deleting
 * it only invalidates links in old mails, so it is deleted with its stack.
 */
export class LinkKey extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const key = new kms.Key(this, 'Key', {
      description: 'Signs the links of approvals',
      keySpec: kms.KeySpec.HMAC_256,
      keyUsage: kms.KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.keyArn = key.keyArn;
  }

  grantSign(grantee: Grantee): void {
    this.grant(grantee, 'kms:GenerateMac');
  }

  grantVerify(grantee: Grantee): void {
    this.grant(grantee, 'kms:VerifyMac');
  }

  private grant(grantee: Grantee, action: string): void {
    const conditions = { StringEquals: { 'kms:MacAlgorithm': ALGORITHM } };
    grantee.allow([action], [this.keyArn], { conditions });
  }
}
