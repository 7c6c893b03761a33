import { TemplateError, type Template, type TemplateParameter } from './template';

/** A parameter of a request. */
export interface GivenParameter {
  ParameterKey?: string;
  ParameterValue?: string;
  UsePreviousValue?: boolean;
}

/** A parameter's value in one stack. */
export interface StackParameter {
  key: string;
  /** The value of the request; for an SSM parameter, its name. */
  value: string;
  /** The value that SSM's Parameter Store has under that name. */
  resolved?: string;
  /** True for a NoEcho parameter, whose value is never shown. */
  hidden?: boolean;
}

/** Reads values from Parameter Store; names that it does not have are absent from the answer. */
export type ReadSsm = (names: readonly string[]) => Promise<Record<string, string>>;

const SSM_VALUE = /^AWS::SSM::Parameter::Value<(String|List<String>|CommaDelimitedList)>$/;
const PLAIN = ['String', 'Number', 'CommaDelimitedList', 'List<Number>', 'List<String>'];
const ALLOWED_TYPES = [...PLAIN, 'AWS::SSM::Parameter::Name', 'AWS::SSM::Parameter::Value<String>'];

/**
 * Returns the value of each parameter of a template: from the request, from the previous template, or the default.
 *
 * @throws TemplateError with CloudFormation's message
 */
export async function resolveParameters(
  { Parameters = {} }: Template,
  given: readonly GivenParameter[],
  previous: readonly StackParameter[],
  readSsm: ReadSsm,
): Promise<StackParameter[]> {
  const unknown = given.map(({ ParameterKey = '' }) => ParameterKey).filter((key) => !Parameters[key]);
  if (unknown.length > 0)
    throw new TemplateError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const missing: string[] = [];
  const values: StackParameter[] = [];
  for (const [key, declaration] of Object.entries(Parameters)) {
    checkType(key, declaration);
    const value = valueOf(key, declaration, given, previous);
    if (value === undefined) missing.push(key);
    else values.push({ key, value, ...(isHidden(declaration) && { hidden: true }) });
  }
  if (missing.length > 0) throw new TemplateError(`Parameters: [${missing.join(', ')}] must have values`);
  for (const { key, value } of values) checkValue(key, value, Parameters[key]!);
  return withStoredValues(values, Parameters, readSsm);
}

/** Returns parameter values as `Ref` yields them: lists are lists, numbers are numbers. */
export function referenceValues(
  { Parameters = {} }: Template,
  values: readonly StackParameter[],
): Record<string, unknown> {
  return Object.fromEntries(
    values.map(({ key, value, resolved = value }): [string, unknown] => {
      const type = Parameters[key]?.Type.replace(SSM_VALUE, '$1') ?? 'String';
      if (type === 'Number') return [key, Number(resolved)];
      if (type === 'List<Number>') return [key, items(resolved).map(Number)];
      return [key, type === 'CommaDelimitedList' || type === 'List<String>' ? items(resolved) : resolved];
    }),
  );
}

/** Returns true for a NoEcho parameter, whose value is never shown. */
export function isHidden({ NoEcho }: TemplateParameter): boolean {
  return String(NoEcho) === 'true';
}

function items(text: string): string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

function valueOf(
  key: string,
  { Default }: TemplateParameter,
  given: readonly GivenParameter[],
  previous: readonly StackParameter[],
): string | undefined {
  const named = given.find(({ ParameterKey }) => ParameterKey === key);
  if (named?.UsePreviousValue) {
    const before = previous.find((parameter) => parameter.key === key);
    if (before) return before.value;
    throw new TemplateError(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  }
  return named?.ParameterValue ?? (Default === undefined ? undefined : String(Default));
}

function checkType(key: string, { Type }: TemplateParameter): void {
  if (PLAIN.includes(Type) || Type === 'AWS::SSM::Parameter::Name' || SSM_VALUE.test(Type)) return;
  throw new TemplateError(
    `Template format error: the type ${Type} of parameter ${key} is not supported by the local cloud; supported are ${ALLOWED_TYPES.join(', ')}`,
  );
}

function checkValue(key: string, value: string, declaration: TemplateParameter): void {
  const { Type, AllowedPattern, AllowedValues, ConstraintDescription } = declaration;
  const { MinLength = 0, MaxLength = Infinity, MinValue = -Infinity, MaxValue = Infinity } = declaration;
  const refuse = (reason: string) => {
    const detail = ConstraintDescription ? ` ${ConstraintDescription}` : ` ${reason}`;
    throw new TemplateError(`Parameter '${key}' failed to satisfy constraint:${detail}`);
  };
  const parts = /List/.test(Type) ? items(value) : [value];
  if (/Number/.test(Type)) {
    const wrong = parts.find((part) => part.trim() === '' || Number.isNaN(Number(part)));
    if (wrong !== undefined) throw new TemplateError(`Parameter '${key}' must be a number, not '${wrong}'.`);
    if (parts.some((part) => Number(part) < Number(MinValue))) refuse(`must be at least ${MinValue}`);
    if (parts.some((part) => Number(part) > Number(MaxValue))) refuse(`must be at most ${MaxValue}`);
  }
  if (value.length < Number(MinLength)) refuse(`must contain at least ${MinLength} characters`);
  if (value.length > Number(MaxLength)) refuse(`must contain at most ${MaxLength} characters`);
  if (AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`).test(value))
    refuse(`must match pattern ${AllowedPattern}`);
  const allowed = AllowedValues?.map(String);
  if (allowed && parts.some((part) => !allowed.includes(part)))
    throw new TemplateError(`Parameter '${key}' must be one of AllowedValues: [${allowed.join(', ')}]`);
}

async function withStoredValues(
  values: readonly StackParameter[],
  declarations: Record<string, TemplateParameter>,
  readSsm: ReadSsm,
): Promise<StackParameter[]> {
  const names = values.filter(({ key }) => SSM_VALUE.test(declarations[key]!.Type)).map(({ value }) => value);
  if (names.length === 0) return [...values];
  const stored = await readSsm([...new Set(names)]);
  const missing = names.filter((name) => stored[name] === undefined);
  if (missing.length > 0) {
    throw new TemplateError(
      `Unable to fetch parameters [${missing.join(',')}] from parameter store for this account.`,
    );
  }
  return values.map((parameter) =>
    SSM_VALUE.test(declarations[parameter.key]!.Type)
      ? { ...parameter, resolved: stored[parameter.value]! }
      : parameter,
  );
}
