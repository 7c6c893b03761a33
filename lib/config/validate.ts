import type { core } from 'zod';
import { resolveHyperparameters } from '../contract/hyperparameters';
import { isGpu } from './instance-types';
import { ConfigSchema, type PipelineConfig } from './schema';

/**
 * @returns the configuration itself
 * @throws one Error with a line a fault: field, value, what is allowed
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
    const place = [...issue.path, issue.keys[0]!].map(String).join('.');
    return `${place} is no field of the configuration; take it out (lib/config/schema.ts has all)`;
  }
  return `${issue.path.map(String).join('.')} is ${JSON.stringify(issue.input) ?? 'missing'}; ${allowed(issue)}`;
}

function allowed(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `allowed is ${issue.expected === 'int' ? 'an integer' : `a value of type ${issue.expected}`}`;
    case 'too_small':
      return `allowed is ${issue.inclusive ? 'at least' : 'more than'} ${String(issue.minimum)}`;
    case 'too_big':
      return `allowed is at most ${String(issue.maximum)}`;
    case 'invalid_value':
      return `allowed is one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return `allowed is ${issue.format === 'regex' ? issue.message : `a value of the form ${issue.format}`}`;
    default:
      return issue.message;
  }
}

/** Rules between fields. */
function crossChecks(config: PipelineConfig): string[] {
  const { training, endpoint, data } = config;
  const faults: string[] = [];
  if (training.spot && training.spot.maxWaitMinutes < training.maxRuntimeMinutes) {
    faults.push(
      `training.spot.maxWaitMinutes is ${training.spot.maxWaitMinutes}; allowed is at least ` +
        `training.maxRuntimeMinutes (${training.maxRuntimeMinutes}), since waiting time includes training time`,
    );
  }
  if (data.validationFraction + data.testFraction >= 0.9) {
    faults.push(
      `data.validationFraction + data.testFraction is ${data.validationFraction + data.testFraction}; allowed is ` +
        'less than 0.9, since the rest trains',
    );
  }
  if (data.schemaKey.startsWith(data.prefix)) {
    faults.push(
      `data.schemaKey is "${data.schemaKey}"; allowed is a key outside of data.prefix "${data.prefix}"`,
    );
  }
  const names = endpoint.variants.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated) faults.push(`endpoint.variants names "${repeated}" twice; allowed are different names`);
  if (endpoint.variants.every(({ weight }) => weight === 0)) {
    faults.push('endpoint.variants have the weight 0 all together; allowed is at least one above 0');
  }
  for (const [field, { instanceType }] of [
    ['preprocessing', config.preprocessing],
    ['evaluation', config.evaluation],
  ] as const) {
    if (isGpu(instanceType)) {
      faults.push(
        `${field}.instanceType is "${instanceType}"; allowed is a CPU type: its program uses no GPU`,
      );
    }
  }
  try {
    resolveHyperparameters([{ source: 'the configuration', values: config.hyperparameters }]);
  } catch (error) {
    faults.push((error as Error).message);
  }
  return faults;
}
