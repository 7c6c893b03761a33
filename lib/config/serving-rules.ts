import { CHALLENGER_VARIANT } from '../contract/names';
import { stepFaults, waits } from './deployment-steps';
import type { DeploymentConfig, PipelineConfig, ServingConfig, ServingOf } from './schema';

/** Returns the faults between the fields of `endpoint`, one sentence each. */
export function endpointFaults(config: PipelineConfig): string[] {
  const { serving, deployment } = config.endpoint;
  return [
    ...kindFaults(config),
    ...exclusionFaults(serving, deployment),
    ...stepFaults(serving, deployment),
    ...(watches(deployment) ? watchFaults(config.endpoint) : timeoutFaults(config.endpoint, 1)),
  ];
}

/** The strategies that leave the choice between two models to a person. */
export type TestStrategy = Extract<DeploymentConfig, { strategy: 'abTest' | 'shadow' }>;

export function isTest(deployment: DeploymentConfig): deployment is TestStrategy {
  return deployment.strategy === 'abTest' || deployment.strategy === 'shadow';
}

/** Returns true if SageMaker watches alarms while the new model takes over. */
export function guards(deployment: DeploymentConfig): deployment is Exclude<DeploymentConfig, TestStrategy> {
  if (isTest(deployment)) return false;
  return deployment.strategy !== 'allAtOnce' || deployment.bakeSeconds > 0;
}

/** Returns true if alarms are watched: by SageMaker for the new model, or by the run for a challenger. */
export function watches(deployment: DeploymentConfig): boolean {
  return isTest(deployment) ? deployment.bakeSeconds > 0 : guards(deployment);
}

function kindFaults({ data, endpoint }: PipelineConfig): string[] {
  const { serving, dataCapturePercent } = endpoint;
  const capture =
    serving.kind !== 'realtime' && dataCapturePercent > 0
      ? [
          `endpoint.dataCapturePercent is ${dataCapturePercent} with endpoint.serving.kind "${serving.kind}"; must be 0: ` +
            'SageMaker captures requests of real-time endpoints only',
        ]
      : [];
  switch (serving.kind) {
    case 'realtime':
      return [...variantFaults(serving), ...scalingFaults(serving)];
    case 'serverless':
      return capture;
    case 'asynchronous':
      return [...capture, ...scalingFaults(serving)];
    case 'batch':
      return [
        ...capture,
        ...(overlap(serving.prefix, data.prefix) || data.schemaKey?.startsWith(serving.prefix)
          ? [
              `endpoint.serving.prefix is "${serving.prefix}"; must be a prefix that does not overlap data.prefix "${data.prefix}" ` +
                `or data.schemaKey "${data.schemaKey}", since the model would be trained on inputs and results`,
            ]
          : []),
      ];
  }
}

function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function variantFaults({ variants }: ServingOf<'realtime'>): string[] {
  const field = 'endpoint.serving.variants';
  const names = variants.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return [
    ...(repeated ? [`${field} names "${repeated}" twice; name each variant once`] : []),
    ...(variants.every(({ weight }) => weight === 0)
      ? [`every variant of ${field} has the weight 0; at least one must be above 0`]
      : []),
  ];
}

function scalingFaults(serving: ServingOf<'realtime' | 'asynchronous'>): string[] {
  if (!serving.scaling) return [];
  const { minInstances, maxInstances } = serving.scaling;
  const field = 'endpoint.serving.scaling';
  const counts =
    serving.kind === 'realtime'
      ? serving.variants.map(({ name, instanceCount }) => [`variant "${name}"`, instanceCount] as const)
      : [['endpoint.serving', serving.instanceCount] as const];
  return [
    ...(minInstances > maxInstances
      ? [`${field}.minInstances is ${minInstances}; must be at most ${field}.maxInstances (${maxInstances})`]
      : []),
    ...counts
      .filter(([, count]) => count < minInstances || count > maxInstances)
      .map(
        ([owner, count]) =>
          `instanceCount of ${owner} is ${count}; must be ${minInstances} to ${maxInstances}, the limits of ${field}`,
      ),
  ];
}

/** Returns faults for combinations that SageMaker refuses or that would have no effect. */
function exclusionFaults(serving: ServingConfig, deployment: DeploymentConfig): string[] {
  const { strategy } = deployment;
  const field = 'endpoint.deployment.strategy';
  const variants = serving.kind === 'realtime' ? serving.variants : [];
  if (serving.kind !== 'realtime' && (isTest(deployment) || watches(deployment))) {
    const why = {
      serverless: 'SageMaker has neither deployment guardrails nor several variants for serverless endpoints',
      asynchronous:
        'an asynchronous endpoint has one variant here, and no metric of its answers that could trigger a rollback',
      batch: 'there is no endpoint and no traffic to shift',
    }[serving.kind];
    return [
      `${field} is "${strategy}" with endpoint.serving.kind "${serving.kind}"; must be "allAtOnce" with bakeSeconds 0: ${why}`,
    ];
  }
  if (variants.length < 2) {
    const taken = isTest(deployment) && variants[0]?.name === CHALLENGER_VARIANT;
    return taken
      ? [
          `endpoint.serving.variants.0.name is "${CHALLENGER_VARIANT}" with ${field} "${strategy}"; must be another name: the challenger has this one`,
        ]
      : [];
  }
  if (strategy === 'rolling' || isTest(deployment)) {
    const why =
      strategy === 'rolling'
        ? '(SageMaker rolls single variants only)'
        : '(the challenger is the second one)';
    return [
      `${field} is "${strategy}" with ${variants.length} endpoint.serving.variants; must be one variant ${why}, or another strategy`,
    ];
  }
  return [];
}

type Endpoint = PipelineConfig['endpoint'];

/** Checks that a strategy which watches alarms has alarms to watch, and time. */
function watchFaults(endpoint: Endpoint): string[] {
  const { deployment, rollback, serving } = endpoint;
  const { strategy } = deployment;
  return [
    ...(rollback === null
      ? [
          `endpoint.rollback is null with the strategy "${strategy}"; must be {errorsPerMinute, latencyMs}, since ` +
            'otherwise no alarm would be watched',
        ]
      : []),
    ...timeoutFaults(endpoint, leastMinutes(serving, deployment)),
  ];
}

/** Returns the minimum of `timeoutMinutes`: a deployment's time must be longer than its waits, which are part of it. */
function leastMinutes(serving: ServingConfig, deployment: DeploymentConfig): number {
  if (isTest(deployment)) return 1;
  return Math.max(10, Math.floor((waits(serving, deployment) * deployment.bakeSeconds) / 60) + 1);
}

function timeoutFaults({ deployment, timeoutMinutes }: Endpoint, least: number): string[] {
  if (timeoutMinutes >= least) return [];
  return [
    `endpoint.timeoutMinutes is ${timeoutMinutes}; must be at least ${least} with endpoint.deployment ` +
      `${JSON.stringify(deployment)}, whose waits are part of it`,
  ];
}
