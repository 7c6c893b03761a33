import * as z from 'zod';
import { permissionsBoundary, rolePath, tags } from './account';
import { faultsOf } from './issues';

/** Settings of the path from a commit to production; one for all environments. */
export interface DeliveryConfig {
  /** Account of the delivery pipeline; each environment's account trusts it (`cdk bootstrap --trust`). */
  readonly account: string;
  readonly region: string;
  /** `owner/name` on GitHub. */
  readonly repository: string;
  readonly branch: string;
  /** Connection of CodeConnections to GitHub, made and confirmed by hand once: no personal token is stored. */
  readonly connectionArn: string;
  /** Managed policy of the delivery's account that limits the delivery's roles: a name or an ARN. Default: none. */
  readonly permissionsBoundary?: string;
  /** Path of the delivery's roles. Default: `/`. */
  readonly rolePath?: string;
  /** Tags of the delivery's resources. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
}

const AccountFields = z.object({
  permissionsBoundary: z.optional(permissionsBoundary),
  rolePath: z.optional(rolePath),
  tags: z.optional(tags),
});

type RequiredField = Exclude<keyof DeliveryConfig, keyof z.infer<typeof AccountFields>>;

/** The places that the delivery deploys one after the other, and tries by a run each. */
export const TRIAL_PLACES: readonly string[] = ['dev', 'stage'];

/** Validates the settings. @throws Error with one line per fault: field, value, allowed values */
export function validateDelivery(config: DeliveryConfig): DeliveryConfig {
  const rules: [field: RequiredField, pattern: RegExp, allowed: string][] = [
    ['account', /^\d{12}$/, '12 digits'],
    ['region', /^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-west-1'],
    ['repository', /^[\w.-]+\/[\w.-]+$/, 'owner/name'],
    ['branch', /^[^\s]{1,255}$/, 'the name of a branch'],
    [
      'connectionArn',
      /^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
      'the ARN of a connection of CodeConnections',
    ],
  ];
  const faults = [
    ...rules
      .filter(([field, pattern]) => !pattern.test(config[field]))
      .map(([field, , allowed]) => `${field} is ${JSON.stringify(config[field])}; must be ${allowed}`),
    ...faultsOf(AccountFields, config),
  ].map((fault) => `  - ${fault}`);
  if (faults.length === 0) return config;
  throw new Error(['the delivery configuration is not valid:', ...faults].join('\n'));
}
