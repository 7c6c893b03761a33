import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Accepts one finding of cdk-nag on one resource. A test requires that every acknowledgement still matches a finding.
 *
 * @param finding a rule such as `AwsSolutions-APIG3`, with the part in brackets where the rule reports one
 * @param reason why the finding is acceptable here, for readers of the report
 */
export function acknowledge(resource: IConstruct, finding: `AwsSolutions-${string}`, reason: string): void {
  Validations.of(resource).acknowledge({ id: finding, reason });
}

/** Wildcards in the resources of one policy, each with its reasons. */
export class AcknowledgedWildcards {
  private readonly reasons = new Map<string, Set<string>>();

  /** @param policy construct of the policy, or the role that has it */
  constructor(policy: IConstruct) {
    // A reference to another stack has its final form once the app is complete, just before its validation.
    policy.node.addValidation({
      validate: () => {
        for (const [arn, reasons] of this.reasons) {
          const resource = flat(Stack.of(policy).resolve(arn));
          if (!resource.includes('*')) continue;
          acknowledge(policy, `AwsSolutions-IAM5[Resource::${resource}]`, [...reasons].join('; '));
        }
        return [];
      },
    });
  }

  /** Accepts the resources that have a wildcard. @param resources as written in the statement */
  add(resources: readonly string[], reason: string): void {
    for (const arn of resources) this.reasons.set(arn, (this.reasons.get(arn) ?? new Set()).add(reason));
  }
}

/** A template's value as cdk-nag writes it into a finding: `<Bucket.Arn>/runs/*`. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = []] = Object.entries(value) as [string, unknown][];
  if (name === 'Fn::ImportValue') return flat(argument);
  if (name === 'Ref') return `<${String(argument)}>`;
  if (name === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(flat).join(separator);
  }
  throw new Error(
    `a resource of a policy is made by ${String(name)}; teach lib/platform/acknowledgements.ts to write it`,
  );
}
