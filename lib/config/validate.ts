import { cut, shown } from '../contract/shown';
import { accountFaults } from './account';
import { gateFaults } from './gate';
import { addressFaults, environmentFaults, instanceFaults, networkFaults } from './environment-rules';
import { isGpu } from './instance-types';
import { faultsOf } from './issues';
import { modelFaults } from './model-rules';
import { programFaults } from './program-rules';
import { ConfigSchema, type PipelineConfig } from './schema';
import { endpointFaults } from './serving-rules';
import { inputFaults } from './training-input';
import { triggerFaults } from './triggers';
import { workingHoursFaults } from './working-hours';

/**
 * Validates one pipeline.
 *
 * @returns the configuration itself
 * @throws one Error with one line per fault: field, value, allowed values
 */
export function validateConfig(config: PipelineConfig): PipelineConfig {
  const shape = faultsOf(ConfigSchema, config);
  const faults = shape.length > 0 ? shape : crossChecks(config);
  if (faults.length === 0) return config;
  throw new Error(
    [
      `the configuration of pipeline "${word(config.model)}-${word(config.environment)}" is not valid:`,
      ...faults.map((fault) => `  - ${fault}`),
    ].join('\n'),
  );
}

/** Returns a part of the pipeline's name, which may be what is wrong. */
function word(name: unknown): string {
  return typeof name === 'string' ? cut(name) : shown(name);
}

/** Rules between fields. */
function crossChecks(config: PipelineConfig): string[] {
  const { training, data } = config;
  const faults: string[] = [
    ...environmentFaults(config),
    ...addressFaults(config),
    ...instanceFaults(config),
    ...networkFaults(config),
    ...accountFaults(config),
  ];
  faults.push(...inputFaults(config));
  if (training.spot && training.spot.maxWaitMinutes < training.maxRuntimeMinutes) {
    faults.push(
      `training.spot.maxWaitMinutes is ${training.spot.maxWaitMinutes}; must be at least ` +
        `training.maxRuntimeMinutes (${training.maxRuntimeMinutes}), since waiting time includes training time`,
    );
  }
  const longest = longestRunDays(config);
  if (data.keepSplitsDays < longest) {
    faults.push(
      `data.keepSplitsDays is ${data.keepSplitsDays}; must be at least ${longest}, the longest duration of a run with ` +
        'these training limits: its splits would expire before they are evaluated',
    );
  }
  if (data.validationFraction + data.testFraction >= 0.9) {
    faults.push(
      `data.validationFraction + data.testFraction is ${data.validationFraction + data.testFraction}; must be ` +
        'less than 0.9, since training uses the rest',
    );
  }
  faults.push(
    ...modelFaults(config),
    ...programFaults(config),
    ...endpointFaults(config),
    ...workingHoursFaults(config),
  );
  for (const [field, { instanceType }] of [
    ['preprocessing', config.preprocessing],
    ['evaluation', config.evaluation],
  ] as const) {
    if (isGpu(instanceType)) {
      faults.push(`${field}.instanceType is "${instanceType}"; must be a CPU type: its program uses no GPU`);
    }
  }
  faults.push(...gateFaults(config));
  faults.push(...triggerFaults(config.triggers));
  return faults;
}

/**
 * Returns the maximum days from preprocessing to evaluation: training, waiting for Spot and capacity, and one spare
 * day.
 */
function longestRunDays({ training }: PipelineConfig): number {
  const minutes = training.maxRuntimeMinutes + (training.spot?.maxWaitMinutes ?? 0);
  return Math.ceil(minutes / 1_440) + 1;
}
