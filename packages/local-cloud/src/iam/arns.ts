import { shown, type Fault } from './malformed';
import { compile, tokens, type Matcher } from './patterns';

const PARTS = 'arn:partition:service:region:account:resource';

/**
 * Compiles a pattern for an ARN's six parts, as in `ArnLike` and `Resource`. Throws the fault if it has fewer parts.
 */
export function arnPattern(text: string, variables: boolean, fault: Fault): Matcher {
  // Variables are removed, since their names contain colons. A variable for a whole ARN cannot be checked.
  const shape = outline(text, variables, fault);
  const wholeIsVariable = shape === '$';
  if (!wholeIsVariable && (shape.split(':').length < 6 || !/^(arn|\*):/.test(shape))) {
    throw fault(`${shown(text)} is not the pattern of an ARN; its form is ${PARTS}.`);
  }
  return compile(text, { style: 'arn', variables }, fault);
}

/**
 * Compiles a value of `Resource` or `NotResource`. A `*` matches within its part of the ARN, but in the sixth part it
 * matches any characters. IAM requires the service's full name ("Resource vendor must be fully qualified"), and allows
 * variables after the fifth colon only.
 * Source: "IAM JSON policy elements: Resource" in the IAM User Guide.
 */
export function resourcePattern(text: string, variables: boolean, fault: Fault): Matcher {
  if (text === '*') return () => true;
  const shape = outline(text, variables, fault);
  const [, partition = '', service = '', region = '', account = ''] = shape.split(':');
  if (!shape.startsWith('arn:') || shape.split(':').length < 6) {
    throw fault(`${shown(text)} is not a resource; use an ARN of the form ${PARTS}, or '*'.`);
  }
  if (/[*?$]/.test(service) || service === '') {
    throw fault(`${shown(text)} has no service name in its third part; IAM allows no wildcard there.`);
  }
  if (!/^(aws[a-z-]*|\*)$/.test(partition)) {
    throw fault(`${shown(text)} has the partition '${partition}'; use aws, another AWS partition, or *.`);
  }
  if (`${region}${account}`.includes('$')) {
    throw fault(
      `${shown(text)} has a policy variable before the fifth colon; IAM allows them only after it.`,
    );
  }
  return arnPattern(text, variables, fault);
}

/** Returns the pattern with a `$` for each variable. */
function outline(text: string, variables: boolean, fault: Fault): string {
  return tokens(text, { style: 'exact', variables }, fault)
    .map((token) => (typeof token === 'string' ? token : '$'))
    .join('');
}
