import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

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

  grantSign(role: IRole): void {
    this.grant(role, 'kms:GenerateMac');
  }

  grantVerify(role: IRole): void {
    this.grant(role, 'kms:VerifyMac');
  }

  private grant(role: IRole, action: string): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [action],
        resources: [this.keyArn],
        conditions: { StringEquals: { 'kms:MacAlgorithm': ALGORITHM } },
      }),
    );
  }
}
