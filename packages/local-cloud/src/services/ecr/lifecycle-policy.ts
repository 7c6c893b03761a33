import { notSupported, ServiceError } from '../../model/errors';

interface Rule {
  rulePriority: number;
  selection: Selection;
}

interface Selection {
  tagStatus: 'tagged' | 'untagged' | 'any';
  tagPrefixList?: string[];
  tagPatternList?: string[];
}

const RULE_MEMBERS = ['rulePriority', 'description', 'selection', 'action'];
const SELECTION_MEMBERS = [
  ...['tagStatus', 'tagPrefixList', 'tagPatternList', 'countType', 'countUnit', 'countNumber'],
  'storageClass',
];

/**
 * Checks the text of a lifecycle policy (ECR User Guide, "Lifecycle policy properties"). The form of the messages is
 * seen in https://github.com/cloudposse/terraform-aws-ecr/issues/158, the message for text that is not a policy in the
 * tests of https://github.com/getmoto/moto. The details of other messages are not known.
 *
 * @throws ServiceError InvalidParameterException; NotImplemented for the archive storage class
 */
export function checkLifecyclePolicy(text: string | undefined): void {
  const document = parse(text ?? '');
  const { rules } = document;
  if (rules === undefined) throw invalid('object has missing required properties (["rules"])');
  if (!Array.isArray(rules) || rules.length === 0)
    throw invalid("'rules' must be a list of at least one rule");
  assertKnown(document, ['rules'], 'the policy');
  for (const rule of rules) checkRule(rule);
  checkTogether(rules as Rule[]);
}

function parse(text: string): Record<string, unknown> {
  try {
    const document = JSON.parse(text) as unknown;
    if (isRecord(document)) return document;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid('Could not map policyString into LifecyclePolicy.');
}

function checkRule(rule: unknown): void {
  if (!isRecord(rule)) throw invalid("each of 'rules' must be an object");
  const missing = ['rulePriority', 'selection', 'action'].filter((name) => rule[name] === undefined);
  if (missing.length > 0) {
    throw invalid(`object has missing required properties (${JSON.stringify(missing)})`);
  }
  assertKnown(rule, RULE_MEMBERS, 'a rule');
  const { rulePriority, description = '', selection, action } = rule;
  if (!isPositive(rulePriority)) throw invalid("'rulePriority' must be an integer of at least 1");
  if (typeof description !== 'string') throw invalid("'description' must be text");
  const { type, ...more } = isRecord(action) ? action : {};
  if (type === 'transition') throw notSupported("the lifecycle action 'transition'", 'Use expire.');
  if (type !== 'expire' || Object.keys(more).length > 0) {
    throw invalid('\'action\' must be {"type": "expire"}');
  }
  if (!isRecord(selection)) throw invalid("'selection' must be an object");
  checkSelection(selection);
}

function checkSelection(selection: Record<string, unknown>): void {
  assertKnown(selection, SELECTION_MEMBERS, 'a selection');
  const { tagStatus, countType, countUnit, countNumber, storageClass = 'standard' } = selection;
  if (storageClass !== 'standard') {
    throw notSupported(`the storage class ${JSON.stringify(storageClass)}`, 'Use standard, or leave it out.');
  }
  const names = [selection.tagPrefixList, selection.tagPatternList].filter((list) => list !== undefined);
  if (!['tagged', 'untagged', 'any'].includes(tagStatus as string)) {
    throw invalid("'tagStatus' must be one of tagged, untagged, any");
  }
  for (const list of names) {
    const isListOfText = Array.isArray(list) && list.every((each) => typeof each === 'string' && each !== '');
    if (!isListOfText) throw invalid("'tagPrefixList' and 'tagPatternList' must be lists of text");
  }
  const count = (names as string[][]).flat().length;
  // Seen in the message of a refused policy: "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED."
  if (tagStatus === 'tagged' && count === 0) {
    throw invalid('Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.');
  }
  if (tagStatus !== 'tagged' && count > 0) {
    throw invalid(
      `tagPrefixList and tagPatternList need tagStatus=TAGGED, not ${String(tagStatus).toUpperCase()}`,
    );
  }
  if (names.length > 1) throw invalid('Only one of tagPrefixList and tagPatternList can be specified');
  if (countType === 'sinceImagePulled' || countType === 'sinceImageTransitioned') {
    throw notSupported(`the count type ${countType}`, 'Use imageCountMoreThan or sinceImagePushed.');
  }
  // ECR's sentence for a count type or unit that does not fit.
  const fits = countType === 'sinceImagePushed' ? countUnit === 'days' : countUnit === undefined;
  if (!fits || !['imageCountMoreThan', 'sinceImagePushed'].includes(countType as string)) {
    throw invalid('instance failed to match exactly one schema (matched 0 out of 2)');
  }
  if (!isPositive(countNumber)) throw invalid("'countNumber' must be an integer of at least 1");
}

function checkTogether(rules: readonly Rule[]): void {
  const priorities = rules.map(({ rulePriority }) => rulePriority);
  const twice = priorities.find((priority, index) => priorities.indexOf(priority) !== index);
  if (twice !== undefined) throw invalid(`rulePriority ${twice} is used by more than one rule`);
  const of = (status: string) => rules.filter(({ selection }) => selection.tagStatus === status);
  if (of('untagged').length > 1) {
    throw invalid('Only one rule can select Untagged images per storage class');
  }
  const [any, second] = of('any');
  if (second) throw invalid('Only one rule can select Any images per storage class');
  if (any && any.rulePriority !== Math.max(...priorities)) {
    throw invalid('Rule for tagStatus=ANY must have the lowest priority per storage class');
  }
}

function assertKnown(object: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`${what} cannot have the property '${unknown}'`);
}

const isPositive = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function invalid(detail: string): ServiceError {
  const message = `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${detail}'`;
  return new ServiceError('InvalidParameterException', message);
}
