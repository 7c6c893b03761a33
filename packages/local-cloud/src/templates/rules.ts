import { resolve, type Scope } from './intrinsics';
import { TemplateError, type Template } from './template';

/**
 * Checks the parameter values of a stack against the `Rules` of its template.
 *
 * @throws TemplateError with the description of the assertion that fails
 */
export function checkRules({ Rules = {} }: Template, scope: Scope): void {
  for (const [name, { RuleCondition, Assertions = [] }] of Object.entries(Rules)) {
    if (RuleCondition !== undefined && !holds(RuleCondition, scope)) continue;
    for (const { Assert, AssertDescription } of Assertions) {
      if (holds(Assert, scope)) continue;
      throw new TemplateError(
        `Template validation failed: rule ${name}: ${AssertDescription ?? JSON.stringify(Assert)}`,
      );
    }
  }
}

/** Evaluates the functions of rules, besides those of conditions. */
function holds(rule: unknown, scope: Scope): boolean {
  const [name = '', argument] = Object.entries(rule ?? {})[0] ?? [];
  const list = () => resolve(argument, scope) as [unknown, unknown];
  switch (name) {
    case 'Fn::And':
      return (argument as unknown[]).every((each) => holds(each, scope));
    case 'Fn::Or':
      return (argument as unknown[]).some((each) => holds(each, scope));
    case 'Fn::Not':
      return !holds((argument as unknown[])[0], scope);
    case 'Fn::Equals': {
      const [left, right] = list();
      return left === right;
    }
    case 'Fn::Contains': {
      const [among, value] = list();
      return (among as unknown[]).includes(value);
    }
    case 'Fn::EachMemberEquals': {
      const [members, value] = list();
      return (members as unknown[]).every((member) => member === value);
    }
    case 'Fn::EachMemberIn': {
      const [members, among] = list() as [unknown[], unknown[]];
      return members.every((member) => among.includes(member));
    }
    default:
      throw new TemplateError(`the rule function ${name} is not supported by the local cloud`);
  }
}
