import type { Resource, Stack } from './synthesis';

/** An IAM statement with `Action` and `Resource` as lists. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

type RawStatement = { [Field in keyof Statement]: Statement[Field] | string };

/** Statements of a policy resource. */
export function statements({ properties }: Resource): Statement[] {
  const { Statement: raw } = properties.PolicyDocument as { Statement: RawStatement[] };
  return raw.map(
    (statement) =>
      ({
        ...statement,
        Action: [statement.Action].flat(),
        ...(statement.Resource === undefined ? {} : { Resource: [statement.Resource].flat() }),
      }) as Statement,
  );
}

/** Every statement that allows a role of the stack something, with the logical id of its policy, or of the role itself. */
export function roleStatements({ resources }: Stack): (Statement & { readonly policy: string })[] {
  return resources.flatMap((resource) => {
    const { id, type, properties } = resource;
    const inline = (properties.Policies ?? []) as Resource['properties'][];
    const policies =
      type === 'AWS::IAM::Policy'
        ? [resource]
        : type === 'AWS::IAM::Role'
          ? inline.map((each) => ({ ...resource, properties: each }))
          : [];
    return policies.flatMap((each) => statements(each).map((statement) => ({ ...statement, policy: id })));
  });
}
