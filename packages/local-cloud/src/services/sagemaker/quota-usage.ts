import type { SageMakerContext } from './state';

type Context = Pick<SageMakerContext, 'quotas' | 'state'>;

const ACTIVE = ['InProgress', 'Stopping'];

/** The instances that a request needs. */
interface Wanted {
  InstanceType?: string;
  InstanceCount?: number;
}

const sum = (counts: readonly (number | undefined)[]) =>
  counts.reduce<number>((total, count = 1) => total + count, 0);

/** @throws ServiceError ResourceLimitExceeded; the functions below too */
export function admitTraining({ quotas, state }: Context, wanted: Wanted, spot: boolean): void {
  const used = Object.values(state.trainingJobs)
    .filter(
      ({ TrainingJobStatus, EnableManagedSpotTraining = false, ResourceConfig }) =>
        ACTIVE.includes(TrainingJobStatus!) &&
        EnableManagedSpotTraining === spot &&
        ResourceConfig?.InstanceType === wanted.InstanceType,
    )
    .map(({ ResourceConfig }) => ResourceConfig?.InstanceCount);
  quotas?.admit(
    spot ? 'spotTraining' : 'training',
    wanted.InstanceType!,
    sum(used),
    wanted.InstanceCount ?? 1,
  );
}

export function admitProcessing({ quotas, state }: Context, wanted: Wanted): void {
  const used = Object.values(state.processingJobs)
    .filter(({ ProcessingJobStatus }) => ACTIVE.includes(ProcessingJobStatus!))
    .map(({ ProcessingResources }) => ProcessingResources?.ClusterConfig)
    .filter((cluster) => cluster?.InstanceType === wanted.InstanceType)
    .map((cluster) => cluster?.InstanceCount);
  quotas?.admit('processing', wanted.InstanceType!, sum(used), wanted.InstanceCount ?? 1);
}

export function admitTransform({ quotas, state }: Context, wanted: Wanted): void {
  const used = Object.values(state.transformJobs)
    .filter(({ TransformJobStatus }) => ACTIVE.includes(TransformJobStatus!))
    .map(({ TransformResources }) => TransformResources)
    .filter((resources) => resources?.InstanceType === wanted.InstanceType)
    .map((resources) => resources?.InstanceCount);
  quotas?.admit('transform', wanted.InstanceType!, sum(used), wanted.InstanceCount ?? 1);
}

/**
 * Checks a new endpoint's instances together with those of existing endpoints, as their configurations define them.
 * Instances that scaling added later and the second fleet of an update do not count.
 */
export function admitEndpoint({ quotas, state }: Context, configName: string): void {
  const fleet = (name: string | undefined) =>
    [name === undefined ? undefined : state.endpointConfigs[name]].flatMap((config) => [
      ...(config?.ProductionVariants ?? []),
      ...(config?.ShadowProductionVariants ?? []),
    ]);
  const running = Object.values(state.endpoints).flatMap(({ EndpointConfigName }) =>
    fleet(EndpointConfigName),
  );
  const wanted = new Map<string, number>();
  for (const { InstanceType, InitialInstanceCount = 1 } of fleet(configName)) {
    if (InstanceType) wanted.set(InstanceType, (wanted.get(InstanceType) ?? 0) + InitialInstanceCount);
  }
  for (const [type, count] of wanted) {
    const used = running.filter(({ InstanceType }) => InstanceType === type);
    quotas?.admit('endpoint', type, sum(used.map(({ InitialInstanceCount }) => InitialInstanceCount)), count);
  }
}
