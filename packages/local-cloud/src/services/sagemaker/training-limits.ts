import type { CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import { checkVolumeKey } from './instance-limits';
import { RequestLimits, validation } from './request-limits';

/** 28 days, in seconds. */
const MAX_RUN_SECONDS = 2_419_200;

/** Rules of CreateTrainingJob's API reference that its model does not have. */
export function checkTrainingLimits(request: CreateTrainingJobRequest): void {
  const seconds = request.StoppingCondition?.MaxRuntimeInSeconds;
  RequestLimits.check((limits) =>
    limits.range('stoppingCondition.maxRuntimeInSeconds', seconds, 1, MAX_RUN_SECONDS),
  );
  checkTogether(request);
}

/** Rules between fields, which SageMaker checks once each field is valid. */
function checkTogether({
  InputDataConfig = [],
  AlgorithmSpecification,
  ResourceConfig,
}: CreateTrainingJobRequest): void {
  const channels = InputDataConfig.map(({ ChannelName }) => ChannelName);
  const repeated = channels.find((name, index) => channels.indexOf(name) < index);
  if (repeated !== undefined) throw validation(`Channel names must be unique: '${repeated}' is not.`);
  for (const { Name, Regex } of AlgorithmSpecification?.MetricDefinitions ?? []) {
    if (isRegularExpression(Regex!)) continue;
    throw validation(`The regex '${Regex}' of metric definition '${Name}' is not valid.`);
  }
  const types = ResourceConfig?.InstanceType ? [ResourceConfig.InstanceType] : [];
  checkVolumeKey('VolumeKmsKeyId', ResourceConfig?.VolumeKmsKeyId, types);
}

function isRegularExpression(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}
