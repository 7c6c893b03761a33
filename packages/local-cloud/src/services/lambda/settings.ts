import type { Architecture, LogFormat, Runtime, TracingMode } from '@aws-sdk/client-lambda';
import { notSupported, ServiceError } from '../../model/errors';
import type { Input } from '../../core/service';

/**
 * Names that a function's configuration may not set.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/** The settings of a function: the members of CreateFunction except the code, with Lambda's defaults. */
export interface Settings {
  Runtime: Runtime;
  Handler: string;
  Role: string;
  Description: string;
  /** Seconds. */
  Timeout: number;
  /** MB; this cloud limits only JavaScript's heap to it. */
  MemorySize: number;
  Environment: Record<string, string>;
  LoggingConfig: {
    LogFormat: LogFormat;
    LogGroup: string;
    ApplicationLogLevel?: string;
    SystemLogLevel?: string;
  };
  Architectures: Architecture[];
  TracingMode: TracingMode;
  /** The function's VPC settings; missing in functions that older versions stored. */
  VpcConfig?: { SubnetIds: string[]; SecurityGroupIds: string[] };
  /** MB of `/tmp`; stored, not enforced. */
  EphemeralStorage: number;
}

type SettingsInput = Omit<Input<'lambda', 'UpdateFunctionConfiguration'>, 'FunctionName'>;

/** Both run on this process's Node.js and on one version of AWS's runtime client. */
const RUNTIMES: readonly string[] = ['nodejs22.x', 'nodejs24.x'];

const MAX_ENVIRONMENT_BYTES = 4096;

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** Members of both inputs that this cloud does not support, with the values that have no effect. */
const UNSUPPORTED: Readonly<Record<string, (value: unknown) => boolean>> = {
  DeadLetterConfig: (value) => !(value as { TargetArn?: string }).TargetArn,
  KMSKeyArn: (value) => value === '',
  Layers: isEmpty,
  FileSystemConfigs: isEmpty,
  ImageConfig: () => false,
  SnapStart: (value) => (value as { ApplyOn?: string }).ApplyOn === 'None',
  CodeSigningConfigArn: (value) => value === '',
  TenancyConfig: () => false,
  CapacityProviderConfig: () => false,
  DurableConfig: () => false,
  PackageType: (value) => value === 'Zip',
  Publish: (value) => value === false,
  PublishTo: () => false,
};

/** Throws for settings that AWS supports and this cloud does not, with their names. */
export function refuseUnsupported(input: object): void {
  for (const [name, value] of Object.entries(input)) {
    const changesNothing = UNSUPPORTED[name];
    if (value === undefined || !changesNothing || changesNothing(value)) continue;
    throw notSupported(`${name} of a Lambda function (${JSON.stringify(value)})`, 'Remove it.');
  }
}

/** Returns the settings of a new function. */
export function initialSettings(input: Input<'lambda', 'CreateFunction'>): Settings {
  for (const name of ['Runtime', 'Handler'] as const) {
    if (!input[name])
      throw invalidParameter(`${name} is mandatory for functions created with deployment packages.`);
  }
  const blank: Settings = {
    ...{ Runtime: input.Runtime!, Handler: input.Handler!, Role: input.Role!, Description: '' },
    ...{ Timeout: 3, MemorySize: 128, Environment: {}, Architectures: ['x86_64'] },
    ...{ TracingMode: 'PassThrough', EphemeralStorage: 512 },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${input.FunctionName}` },
  };
  return { ...updatedSettings(blank, input), Architectures: architectures(input.Architectures) };
}

/**
 * Returns the settings after an update; members that the input does not have stay unchanged. Throws Lambda's errors for
 * values that Lambda refuses.
 */
export function updatedSettings(before: Settings, input: SettingsInput): Settings {
  const after: Settings = {
    ...before,
    Runtime: checkRuntime(input.Runtime ?? before.Runtime),
    Handler: checkPattern('handler', input.Handler ?? before.Handler, /^[^\s]{1,128}$/),
    Role: checkPattern('role', input.Role ?? before.Role, /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/),
    Description: checkPattern('description', input.Description ?? before.Description, /^[^]{0,256}$/),
    Timeout: checkRange('timeout', input.Timeout ?? before.Timeout, 1, 900),
    MemorySize: checkRange('memorySize', input.MemorySize ?? before.MemorySize, 128, 10_240),
    Environment: checkVariables(input.Environment?.Variables ?? before.Environment),
    LoggingConfig: loggingAfter(before.LoggingConfig, input.LoggingConfig),
    TracingMode: input.TracingConfig?.Mode ?? before.TracingMode,
    VpcConfig: checkVpcConfig(input.VpcConfig) ?? before.VpcConfig,
    EphemeralStorage: checkRange(
      'ephemeralStorage.size',
      input.EphemeralStorage?.Size ?? before.EphemeralStorage,
      512,
      10_240,
    ),
  };
  checkLogging(after.LoggingConfig);
  return after;
}

export function architectures(value: Architecture[] | undefined): Architecture[] {
  const [architecture = 'x86_64', ...more] = value ?? [];
  if (more.length > 0 || !['x86_64', 'arm64'].includes(architecture)) {
    throw constraint(`[${value!.join(', ')}]`, 'architectures', 'Member must be one of [x86_64] and [arm64]');
  }
  return [architecture];
}

function checkRuntime(runtime: Runtime): Runtime {
  if (RUNTIMES.includes(runtime)) return runtime;
  throw notSupported(`the Lambda runtime ${runtime}`, `It runs ${RUNTIMES.join(' and ')}.`);
}

function checkPattern(field: string, value: string, pattern: RegExp): string {
  if (pattern.test(value)) return value;
  throw constraint(value, field, `Member must satisfy regular expression pattern: ${pattern.source}`);
}

function checkRange(field: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const rule = value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw constraint(value, field, `Member must have value ${rule}`);
}

function checkVariables(variables: Record<string, string>): Record<string, string> {
  const cannot =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `${cannot} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const malformed = names.find((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (malformed !== undefined) {
    throw constraint(
      malformed,
      'environment.variables',
      'Keys must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+',
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    throw invalidParameter(
      `${cannot} exceeded the 4KB limit: as JSON they have ${bytes} bytes, at most ${MAX_ENVIRONMENT_BYTES} are allowed.`,
    );
  }
  return variables;
}

/** Both lists or neither; two empty lists remove the function from its VPC (API reference, VpcConfig). */
function checkVpcConfig(config: SettingsInput['VpcConfig']): Settings['VpcConfig'] {
  if (!config) return undefined;
  const { SubnetIds = [], SecurityGroupIds = [] } = config;
  if (isEmpty(SubnetIds) !== isEmpty(SecurityGroupIds)) {
    throw invalidParameter('SubnetIds and SecurityGroupIds must coexist or be both empty list.');
  }
  return { SubnetIds, SecurityGroupIds };
}

/** Levels exist only in JSON format: a change to text removes them. */
function loggingAfter(
  before: Settings['LoggingConfig'],
  input: SettingsInput['LoggingConfig'],
): Settings['LoggingConfig'] {
  if (input?.LogFormat !== 'Text') return { ...before, ...input };
  return { LogGroup: before.LogGroup, ...input, LogFormat: 'Text' };
}

function checkLogging({
  LogFormat,
  LogGroup,
  ApplicationLogLevel,
  SystemLogLevel,
}: Settings['LoggingConfig']): void {
  if (!['JSON', 'Text'].includes(LogFormat)) {
    throw constraint(
      LogFormat,
      'loggingConfig.logFormat',
      'Member must satisfy enum value set: [JSON, Text]',
    );
  }
  checkPattern('loggingConfig.logGroup', LogGroup, /^[.\-_/#A-Za-z0-9]{1,512}$/);
  if (LogFormat === 'Text' && (ApplicationLogLevel ?? SystemLogLevel) !== undefined) {
    throw invalidParameter('To set ApplicationLogLevel or SystemLogLevel, set LogFormat to JSON.');
  }
  const levels: [string, string | undefined, string[]][] = [
    ['applicationLogLevel', ApplicationLogLevel, LOG_LEVELS],
    ['systemLogLevel', SystemLogLevel, ['DEBUG', 'INFO', 'WARN']],
  ];
  for (const [field, level, allowed] of levels) {
    if (level === undefined || allowed.includes(level)) continue;
    throw constraint(
      level,
      `loggingConfig.${field}`,
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
    );
  }
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

export function constraint(value: string | number, field: string, rule: string): ServiceError {
  const message = `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: ${rule}`;
  return new ServiceError('ValidationException', message, { status: 400 });
}

function isEmpty(value: unknown): boolean {
  return !(value as unknown[] | undefined)?.length;
}
