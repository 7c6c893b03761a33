import { CHALLENGER_VARIANT } from '../contract/names';
import type { DeploymentConfig, PipelineConfig, ServingConfig, ServingOf } from './schema';

/** Rules between the fields of `endpoint` and of what it serves. @returns one sentence a fault */
export function endpointFaults(config: PipelineConfig): string[] {
  const { serving, deployment } = config.endpoint;
  return [
    ...kindFaults(config),
    ...exclusionFaults(serving, deployment),
    ...(watches(deployment) ? watchFaults(config.endpoint) : timeoutFaults(config.endpoint, 1)),
  ];
}

/** The strategies that leave the decision between two models to a person. */
export type TestStrategy = Extract<DeploymentConfig, { strategy: 'abTest' | 'shadow' }>;

export function isTest(deployment: DeploymentConfig): deployment is TestStrategy {
  return deployment.strategy === 'abTest' || deployment.strategy === 'shadow';
}

/** Whether SageMaker watches alarms while the new model takes over. */
export function guards(deployment: DeploymentConfig): deployment is Exclude<DeploymentConfig, TestStrategy> {
  if (isTest(deployment)) return false;
  return deployment.strategy !== 'allAtOnce' || deployment.bakeSeconds > 0;
}

/** Whether anybody watches alarms: SageMaker those of the new model, or the run those of a challenger. */
export function watches(deployment: DeploymentConfig): boolean {
  return isTest(deployment) ? deployment.bakeSeconds > 0 : guards(deployment);
}

function kindFaults({ data, endpoint }: PipelineConfig): string[] {
  const { serving, dataCapturePercent } = endpoint;
  const capture =
    serving.kind !== 'realtime' && dataCapturePercent > 0
      ? [
          `endpoint.dataCapturePercent is ${dataCapturePercent} with endpoint.serving.kind "${serving.kind}"; allowed is 0: ` +
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
        ...(overlap(serving.prefix, data.prefix) || data.schemaKey.startsWith(serving.prefix)
          ? [
              `endpoint.serving.prefix is "${serving.prefix}"; allowed is a prefix apart from data.prefix "${data.prefix}" ` +
                `and data.schemaKey "${data.schemaKey}", or inputs and results would be trained on`,
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
    ...(repeated ? [`${field} names "${repeated}" twice; allowed are different names`] : []),
    ...(variants.every(({ weight }) => weight === 0)
      ? [`${field} have the weight 0 all together; allowed is at least one above 0`]
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
      ? [
          `${field}.minInstances is ${minInstances}; allowed is at most ${field}.maxInstances (${maxInstances})`,
        ]
      : []),
    ...counts
      .filter(([, count]) => count < minInstances || count > maxInstances)
      .map(
        ([owner, count]) =>
          `instanceCount of ${owner} is ${count}; allowed is ${minInstances} to ${maxInstances}, the limits of ${field}`,
      ),
  ];
}

/** What SageMaker refuses or what would have no effect. */
function exclusionFaults(serving: ServingConfig, deployment: DeploymentConfig): string[] {
  const { strategy } = deployment;
  const field = 'endpoint.deployment.strategy';
  const variants = serving.kind === 'realtime' ? serving.variants : [];
  if (serving.kind !== 'realtime' && (isTest(deployment) || watches(deployment))) {
    const why = {
      serverless: 'SageMaker has neither deployment guardrails nor several variants for serverless endpoints',
      asynchronous:
        'an asynchronous endpoint has no second variant here, and no metric of its answers by which it could be rolled back',
      batch: 'there is no endpoint whose traffic could move',
    }[serving.kind];
    return [
      `${field} is "${strategy}" with endpoint.serving.kind "${serving.kind}"; allowed is "allAtOnce" with bakeSeconds 0: ${why}`,
    ];
  }
  if (variants.length < 2) {
    const taken = isTest(deployment) && variants[0]?.name === CHALLENGER_VARIANT;
    return taken
      ? [
          `endpoint.serving.variants.0.name is "${CHALLENGER_VARIANT}" with ${field} "${strategy}"; allowed is another name: the challenger has this one`,
        ]
      : [];
  }
  if (strategy === 'rolling' || isTest(deployment)) {
    const why =
      strategy === 'rolling'
        ? 'since SageMaker rolls single variants only'
        : 'beside which the challenger is the second one';
    return [
      `${field} is "${strategy}" with ${variants.length} endpoint.serving.variants; allowed is one variant, ${why}; or another strategy`,
    ];
  }
  return [];
}

type Endpoint = PipelineConfig['endpoint'];

/** That a wait has something to wait for, and time. */
function watchFaults(endpoint: Endpoint): string[] {
  const { deployment, rollback } = endpoint;
  const { strategy } = deployment;
  return [
    ...(rollback === null
      ? [
          `endpoint.rollback is null with the strategy "${strategy}"; allowed is {errorsPerMinute, latencyMs}, since ` +
            'nothing would be watched in the meantime',
        ]
      : []),
    ...timeoutFaults(endpoint, leastMinutes(deployment)),
  ];
}

/** SageMaker's waits are part of the time that it gives a deployment. */
function leastMinutes(deployment: DeploymentConfig): number {
  if (isTest(deployment)) return 1;
  const steps = deployment.strategy === 'linear' ? Math.ceil(100 / deployment.stepPercent) : 2;
  return Math.max(10, Math.ceil((steps * deployment.bakeSeconds) / 60));
}

function timeoutFaults({ deployment, timeoutMinutes }: Endpoint, least: number): string[] {
  if (timeoutMinutes >= least) return [];
  return [
    `endpoint.timeoutMinutes is ${timeoutMinutes}; allowed is at least ${least} with endpoint.deployment ` +
      `${JSON.stringify(deployment)}, whose waits are part of it`,
  ];
}
