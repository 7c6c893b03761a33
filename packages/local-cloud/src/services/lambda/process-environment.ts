import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import type { FunctionRecord } from './functions';
import { invalidParameter } from './settings';

export interface ProcessPlace {
  logStream: string;
  /** `host:port` */
  runtimeApi: string;
  taskRoot: string;
}

/**
 * Everything that a function's process gets to know: what Lambda sets, the role's credentials and the function's
 * own variables. Of this process's environment only what a program cannot start without.
 */
export function processEnvironment(
  cloud: Cloud,
  fn: FunctionRecord,
  { logStream, runtimeApi, taskRoot }: ProcessPlace,
): Record<string, string | undefined> {
  const { name, settings } = fn;
  const { LogFormat, LogGroup, ApplicationLogLevel } = settings.LoggingConfig;
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.Runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.MemorySize),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: LogFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: LogGroup,
    ...(ApplicationLogLevel !== undefined && { AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel }),
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: settings.Handler,
    ...cloud.environmentFor(settings.Role, sessionName(name)),
    ...settings.Environment,
  };
}

/**
 * A session of a function's role, named as the function.
 *
 * @throws ServiceError InvalidParameterValueException where the role does not trust Lambda
 */
export function assumeFunctionRole(
  cloud: Cloud,
  { arn, name, settings }: Pick<FunctionRecord, 'arn' | 'name' | 'settings'>,
): Principal {
  try {
    return cloud.assumeRole('lambda.amazonaws.com', settings.Role, sessionName(name), arn);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalidParameter('The role defined for the function cannot be assumed by Lambda.');
  }
}

/** Lengthened where the function's name is too short for a session. */
function sessionName(name: string): string {
  return name.padEnd(2, '_');
}
