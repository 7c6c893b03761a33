import type { Template } from './template';

/** IAM types, and the property that names each. */
const NAMED: Readonly<Record<string, string>> = {
  'AWS::IAM::AccessKey': '',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': '',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': '',
};

export interface RequiredCapability {
  capability: 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM';
  /** The resource types that require it, in GetTemplateSummary's form. */
  reason: string;
}

/**
 * Returns the capability that a caller must acknowledge before IAM resources are created ("CreateStack", parameter
 * Capabilities).
 */
export function requiredCapability({ Resources }: Template): RequiredCapability | undefined {
  const identities = Object.values(Resources).filter(({ Type }) => Object.hasOwn(NAMED, Type));
  if (identities.length === 0) return undefined;
  const types = [...new Set(identities.map(({ Type }) => Type))].sort();
  const named = identities.some(({ Type, Properties }) => Object.hasOwn(Properties ?? {}, NAMED[Type]!));
  return {
    capability: named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM',
    reason: `The following resource(s) require capabilities: [${types.join(', ')}]`,
  };
}

/** Returns true if the capability is acknowledged. CAPABILITY_NAMED_IAM covers CAPABILITY_IAM. */
export function isAcknowledged({ capability }: RequiredCapability, given: readonly string[]): boolean {
  return given.includes('CAPABILITY_NAMED_IAM') || given.includes(capability);
}
