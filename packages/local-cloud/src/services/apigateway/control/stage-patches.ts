import type { MethodSetting, PatchOperation } from '@aws-sdk/client-api-gateway';
import { notSupported } from '../../../model/errors';
import { badRequest } from './requests';
import { type Stage } from './state';

/** Method settings by the end of their patch path: the setting's name, and the function that parses its value. */
const METHOD_SETTINGS: Readonly<Record<string, readonly [keyof MethodSetting, (value: string) => unknown]>> =
  {
    'logging/loglevel': ['loggingLevel', (value) => value],
    'logging/dataTrace': ['dataTraceEnabled', isTrue],
    'metrics/enabled': ['metricsEnabled', isTrue],
    'throttling/burstLimit': ['throttlingBurstLimit', Number],
    'throttling/rateLimit': ['throttlingRateLimit', Number],
  };

const LOG_LEVELS = ['OFF', 'ERROR', 'INFO'];

const LOG_GROUP = /^arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[^:]+(:\*)?$/;

/**
 * Applies one patch to a stage. Method settings are at `/<resource path with ~1 for slashes>/<method>/<setting>`,
 * settings of all methods at `/*\/*\/<setting>`.
 */
export function patchStage(stage: Stage, { op, path = '', value = '' }: PatchOperation): void {
  if (op !== 'replace' && op !== 'remove')
    throw notSupported(`the patch op '${op}' on a stage`, 'Use replace or remove.');
  const removed = op === 'remove';
  const [, first = '', second = '', ...rest] = path.split('/').map((part) => part.replaceAll('~1', '/'));
  if (path === '/deploymentId') stage.deploymentId = value;
  else if (path === '/description') stage.description = value;
  else if (path === '/tracingEnabled') stage.tracingEnabled = isTrue(value);
  else if (first === 'variables' && removed) delete stage.variables[second];
  else if (first === 'variables') stage.variables[second] = value;
  else if (path === '/accessLogSettings' && removed) delete stage.accessLogSettings;
  else if (first === 'accessLogSettings') patchAccessLog(stage, second, value);
  else
    patchMethodSetting(
      stage,
      `${first.replace(/^\//, '')}/${second}`,
      rest.join('/'),
      removed ? undefined : value,
    );
}

function patchAccessLog(stage: Stage, name: string, value: string): void {
  if (name !== 'destinationArn' && name !== 'format')
    throw badRequest(`Invalid patch path /accessLogSettings/${name}: use destinationArn or format`);
  if (name === 'destinationArn' && !LOG_GROUP.test(value))
    throw notSupported(`the access log destination '${value}'`, "Give a log group's ARN.");
  stage.accessLogSettings = { ...stage.accessLogSettings, [name]: value };
}

function patchMethodSetting(stage: Stage, method: string, path: string, value: string | undefined): void {
  const setting = METHOD_SETTINGS[path];
  if (!setting) {
    const known = Object.keys(METHOD_SETTINGS).join(', ');
    throw notSupported(
      `the stage's method setting '${path}' (of ${method})`,
      `Supported settings: ${known}.`,
    );
  }
  const [name, read] = setting;
  const parsed = value === undefined ? undefined : read(value);
  if (Number.isNaN(parsed))
    throw badRequest(`Invalid value '${value}' for ${path} of ${method}: use a number`);
  if (name === 'loggingLevel' && value !== undefined && !LOG_LEVELS.includes(value))
    throw badRequest(`Invalid logging level '${value}' for ${method}: use ${LOG_LEVELS.join(', ')}`);
  stage.methodSettings[method] = { ...stage.methodSettings[method], [name]: parsed };
}

function isTrue(value: string): boolean {
  return value.toLowerCase() === 'true';
}
