import type { core } from 'zod';
import { resolveHyperparameters } from '../contract/hyperparameters';
import { isGpu } from './instance-types';
import { gateFaults } from './gate';
import { ConfigSchema, type PipelineConfig } from './schema';
import { DEPLOYMENT_STRATEGIES, SERVING_KINDS } from './serving';
import { environmentFaults, instanceFaults, networkFaults } from './environment-rules';
import { endpointFaults } from './serving-rules';
import { INPUT_MODES, inputFaults } from './training-input';
import { triggerFaults } from './triggers';
import { workingHoursFaults } from './working-hours';

/**
 * Validates one environment.
 *
 * @returns the configuration itself
 * @throws one Error with one line per fault: field, value, allowed values
 */
export function validateConfig(config: PipelineConfig): PipelineConfig {
  const parsed = ConfigSchema.safeParse(config, { reportInput: true });
  const faults = parsed.success ? crossChecks(config) : parsed.error.issues.map(describe);
  if (faults.length === 0) return config;
  throw new Error(
    [
      `the configuration of environment "${config.environment}" is not valid:`,
      ...faults.map((f) => `  - ${f}`),
    ].join('\n'),
  );
}

function describe(issue: core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0]!].map(String).join('.');
    return `${path} is not a configuration field; remove it (lib/config/schema.ts lists all fields)`;
  }
  const field = issue.path.map(String);
  // A union's issue holds the whole object as its input; the value of the discriminating field is shown.
  const value =
    issue.code === 'invalid_union'
      ? (issue.input as Record<string, unknown> | undefined)?.[field.at(-1)!]
      : issue.input;
  return `${field.join('.')} is ${JSON.stringify(value) ?? 'missing'}; ${allowed(issue)}`;
}

/** Allowed values of the fields that discriminate unions. */
const UNIONS: Readonly<Record<string, readonly string[]>> = {
  kind: SERVING_KINDS,
  strategy: DEPLOYMENT_STRATEGIES,
  mode: INPUT_MODES,
};

function allowed(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'an integer' : `a value of type ${issue.expected}`}`;
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${String(issue.minimum)}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${String(issue.maximum)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'custom':
      return `must be ${issue.message}`;
    case 'invalid_format':
      return `must be ${issue.format === 'regex' ? issue.message : `a value of the form ${issue.format}`}`;
    // Each of the schema's unions is discriminated by one field.
    case 'invalid_union':
      return `must be one of ${UNIONS[String(issue.path.at(-1))]!.join(', ')}`;
    default:
      return issue.message;
  }
}

/** Rules between fields. */
function crossChecks(config: PipelineConfig): string[] {
  const { training, data } = config;
  const faults: string[] = [
    ...environmentFaults(config),
    ...instanceFaults(config),
    ...networkFaults(config),
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
  if (data.schemaKey.startsWith(data.prefix)) {
    faults.push(
      `data.schemaKey is "${data.schemaKey}"; must be a key outside of data.prefix "${data.prefix}"`,
    );
  }
  faults.push(...endpointFaults(config), ...workingHoursFaults(config));
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
  try {
    resolveHyperparameters([{ source: 'the configuration', values: config.hyperparameters }]);
  } catch (error) {
    faults.push((error as Error).message);
  }
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
