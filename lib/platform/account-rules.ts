import { Aspects, Aws, CfnResource, Tags, type IAspect } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';

/** Rules of an account for everything that is created in it. */
export interface AccountRules {
  /** Name or ARN of a managed policy. Default: none. */
  readonly permissionsBoundary?: string;
  /** Default: `/`. */
  readonly rolePath?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Applies the rules to all resources below the construct, those of CDK's own constructs too; not to stages in it. */
export function followRules(scope: IConstruct, rules: AccountRules): void {
  Aspects.of(scope).add(new RoleRules(rules));
  for (const [key, value] of Object.entries(rules.tags ?? {})) Tags.of(scope).add(key, value);
}

/** Returns the ARN of a role by its name. @param path of the role; default: `/` */
export function roleArn(
  account: string,
  name: string,
  path = '/',
  partition: string = Aws.PARTITION,
): string {
  return `arn:${partition}:iam::${account}:role${path}${name}`;
}

/**
 * Returns the partition of a region as text, for files that are written in a build, where a template's functions are not
 * resolved.
 */
export function partitionOf(region: string): string {
  return RegionInfo.get(region).partition ?? 'aws';
}

/** Some roles of CDK's own constructs are no `CfnRole`, so properties are set by name. */
class RoleRules implements IAspect {
  constructor(private readonly rules: AccountRules) {}

  visit(node: IConstruct): void {
    if (!(node instanceof CfnResource) || node.cfnResourceType !== 'AWS::IAM::Role') return;
    const { permissionsBoundary, rolePath } = this.rules;
    if (rolePath !== undefined) node.addPropertyOverride('Path', rolePath);
    if (permissionsBoundary === undefined) return;
    node.addPropertyOverride(
      'PermissionsBoundary',
      permissionsBoundary.startsWith('arn:')
        ? permissionsBoundary
        : `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${permissionsBoundary}`,
    );
  }
}
