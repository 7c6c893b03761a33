import type {
  CreateModelInput,
  CreateProcessingJobRequest,
  CreateTrainingJobRequest,
} from '@aws-sdk/client-sagemaker';
import { ServiceError } from '../../core/errors';

/** Source of all numbers: the API reference of each request; lengths in characters. */
const MAX_NAME = 63;
const MAX_ENVIRONMENT = 100;

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** SageMaker's own rule on names, in its own words. */
export function checkName(field: string, name: string): void {
  if (NAME.test(name)) return;
  throw constraint(
    field,
    name,
    name.length > MAX_NAME
      ? `Member must have length less than or equal to ${MAX_NAME}`
      : `Member must satisfy regular expression pattern: ${NAME.source}`,
  );
}

export function checkTrainingLimits(request: CreateTrainingJobRequest): void {
  const { HyperParameters = {}, InputDataConfig = [], AlgorithmSpecification, StoppingCondition } = request;
  atMost('hyperParameters', Object.keys(HyperParameters), 100);
  for (const [name, value] of Object.entries(HyperParameters)) {
    maxLength('hyperParameters', name, 256);
    maxLength(`hyperParameters.${name}`, value, 2500);
  }
  checkEnvironment(request.Environment, 512);
  atMost('inputDataConfig', InputDataConfig, 20);
  const channels = InputDataConfig.map(({ ChannelName }) => ChannelName!);
  for (const [index, name] of channels.entries()) {
    if (!/^[A-Za-z0-9.\-_]{1,64}$/.test(name)) {
      throw constraint(
        'inputDataConfig.member.channelName',
        name,
        'Member must satisfy regular expression pattern: [A-Za-z0-9\\.\\-_]+',
      );
    }
    if (channels.indexOf(name) < index) throw validation(`Channel names must be unique: '${name}' is not.`);
  }
  const metrics = AlgorithmSpecification?.MetricDefinitions ?? [];
  atMost('algorithmSpecification.metricDefinitions', metrics, 40);
  for (const { Name, Regex } of metrics) {
    maxLength(`algorithmSpecification.metricDefinitions.${Name}.regex`, Regex!, 500);
    if (!isRegularExpression(Regex!)) {
      throw validation(`The regex '${Regex}' of metric definition '${Name}' is not valid.`);
    }
  }
  inRange('stoppingCondition.maxRuntimeInSeconds', StoppingCondition?.MaxRuntimeInSeconds, 2_419_200);
}

export function checkProcessingLimits(request: CreateProcessingJobRequest): void {
  const { ContainerArguments = [], ContainerEntrypoint = [] } = request.AppSpecification!;
  atMost('processingInputs', request.ProcessingInputs ?? [], 10);
  atMost('processingOutputConfig.outputs', request.ProcessingOutputConfig?.Outputs ?? [], 10);
  atMost('appSpecification.containerArguments', ContainerArguments, 100);
  atMost('appSpecification.containerEntrypoint', ContainerEntrypoint, 100);
  for (const word of ContainerArguments) maxLength('appSpecification.containerArguments.member', word, 256);
  checkEnvironment(request.Environment, 256);
  inRange('stoppingCondition.maxRuntimeInSeconds', request.StoppingCondition?.MaxRuntimeInSeconds, 777_600);
}

export function checkModelLimits({ PrimaryContainer }: CreateModelInput): void {
  checkEnvironment(PrimaryContainer?.Environment, 1024, 'primaryContainer.environment');
}

function checkEnvironment(
  environment: Record<string, string> = {},
  length: number,
  field = 'environment',
): void {
  atMost(field, Object.keys(environment), MAX_ENVIRONMENT);
  for (const [name, value] of Object.entries(environment)) maxLength(`${field}.${name}`, value, length);
}

function isRegularExpression(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}

function atMost(field: string, items: readonly unknown[], most: number): void {
  if (items.length <= most) return;
  throw constraint(field, `${items.length} members`, `Member must have length less than or equal to ${most}`);
}

function maxLength(field: string, value: string, most: number): void {
  if (value.length <= most) return;
  throw constraint(
    field,
    `${value.slice(0, 40)}…`,
    `Member must have length less than or equal to ${most}, this has ${value.length}`,
  );
}

function inRange(field: string, value: number | undefined, most: number): void {
  if (value === undefined || (value >= 1 && value <= most)) return;
  throw constraint(field, String(value), `Member must have value between 1 and ${most}`);
}

function constraint(field: string, value: string, rule: string): ServiceError {
  return validation(
    `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: ${rule}`,
  );
}
