import { shown, type Fault } from './malformed';
import { compile, tokens, type Matcher } from './patterns';

const PARTS = 'arn:partition:service:region:account:resource';

/** A pattern over an ARN's six parts, as `ArnLike` and `Resource` have it. Throws the fault if it has fewer. */
export function arnPattern(text: string, variables: boolean, fault: Fault): Matcher {
  // Without the variables, since their names hold colons. One that stands for a whole ARN has to be believed.
  const shape = outline(text, variables, fault);
  const wholeIsVariable = shape === '$';
  if (!wholeIsVariable && (shape.split(':').length < 6 || !/^(arn|\*):/.test(shape))) {
    throw fault(`${shown(text)} is not the pattern of an ARN; its form is ${PARTS}.`);
  }
  return compile(text, { style: 'arn', variables }, fault);
}

/**
 * A value of `Resource` or `NotResource`. A `*` stays within its part of the ARN, but for the sixth, where it spans
 * everything. IAM wants the service spelt out ("Resource vendor must be fully qualified"), and variables after the
 * fifth colon only.
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
    throw fault(`${shown(text)} has no service's name in its third part; IAM takes no wildcard there.`);
  }
  if (!/^(aws[a-z-]*|\*)$/.test(partition)) {
    throw fault(`${shown(text)} has the partition '${partition}'; use aws, another AWS partition, or *.`);
  }
  if (`${region}${account}`.includes('$')) {
    throw fault(`${shown(text)} has a policy variable before the fifth colon; IAM takes them after it only.`);
  }
  return arnPattern(text, variables, fault);
}

/** The pattern with a `$` in place of each variable. */
function outline(text: string, variables: boolean, fault: Fault): string {
  return tokens(text, { style: 'exact', variables }, fault)
    .map((token) => (typeof token === 'string' ? token : '$'))
    .join('');
}
