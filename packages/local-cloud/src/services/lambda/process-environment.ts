import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import type { FunctionRecord } from './functions';
import { invalidParameter } from './settings';

export interface ProcessContext {
  logStream: string;
  /** `host:port` */
  runtimeApi: string;
  taskRoot: string;
}

/**
 * Returns the environment variables of a function's process: those that Lambda sets, the role's credentials and the
 * function's own. Of this process's environment, it includes only the variables that a program needs to start.
 */
export function processEnvironment(
  cloud: Cloud,
  fn: FunctionRecord,
  { logStream, runtimeApi, taskRoot }: ProcessContext,
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
 * Opens a session of a function's role, named after the function.
 *
 * @throws ServiceError InvalidParameterValueException if the role does not trust Lambda
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

/** Extends a function's name that is too short for a session name. */
function sessionName(name: string): string {
  return name.padEnd(2, '_');
}
