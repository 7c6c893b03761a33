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

/** MB (Developer Guide, "Configure Lambda function memory"); the model allows 32,768. */
const MAX_MEMORY = 10_240;

const MAX_ENVIRONMENT_BYTES = 4096;

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
  return { ...updatedSettings(blank, input), Architectures: input.Architectures ?? blank.Architectures };
}

/**
 * Returns the settings after an update; members that the input does not have stay unchanged. Throws Lambda's errors for
 * values that Lambda refuses.
 */
export function updatedSettings(before: Settings, input: SettingsInput): Settings {
  const after: Settings = {
    ...before,
    Runtime: checkRuntime(input.Runtime ?? before.Runtime),
    Handler: input.Handler ?? before.Handler,
    Role: input.Role ?? before.Role,
    Description: input.Description ?? before.Description,
    Timeout: whole('timeout', input.Timeout ?? before.Timeout),
    MemorySize: checkMemory(input.MemorySize ?? before.MemorySize),
    Environment: checkVariables(input.Environment?.Variables ?? before.Environment),
    LoggingConfig: loggingAfter(before.LoggingConfig, input.LoggingConfig),
    TracingMode: input.TracingConfig?.Mode ?? before.TracingMode,
    VpcConfig: checkVpcConfig(input.VpcConfig) ?? before.VpcConfig,
    EphemeralStorage: whole('ephemeralStorage.size', input.EphemeralStorage?.Size ?? before.EphemeralStorage),
  };
  checkLogging(after.LoggingConfig);
  return after;
}

function checkRuntime(runtime: Runtime): Runtime {
  if (RUNTIMES.includes(runtime)) return runtime;
  throw notSupported(`the Lambda runtime ${runtime}`, `It runs ${RUNTIMES.join(' and ')}.`);
}

function checkMemory(megabytes: number): number {
  if (megabytes <= MAX_MEMORY) return whole('memorySize', megabytes);
  throw constraint(megabytes, 'memorySize', `Member must have value less than or equal to ${MAX_MEMORY}`);
}

/** The model's numbers have no fractions; the local cloud's schema does not distinguish them. */
function whole(field: string, value: number): number {
  if (Number.isInteger(value)) return value;
  throw constraint(value, field, 'Member must be a whole number');
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

function checkLogging({ LogFormat, ApplicationLogLevel, SystemLogLevel }: Settings['LoggingConfig']): void {
  if (LogFormat === 'Text' && (ApplicationLogLevel ?? SystemLogLevel) !== undefined) {
    throw invalidParameter('To set ApplicationLogLevel or SystemLogLevel, set LogFormat to JSON.');
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
