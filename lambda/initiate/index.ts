import { LambdaVariable, type ImageHashes, type PrebuiltImages } from '../../lib/contract/environment';
import type { GateSettings } from '../../lib/contract/gate';
import type { RunPlan } from '../../lib/contract/run';
import type { VolumeSettings } from '../../lib/contract/volumes';
import { jsonVariable, setting, variable } from '../shared/environment';
import { Hosted } from '../shared/hosted';
import { logged } from '../shared/log';
import { readModelFacts } from '../shared/model';
import { publishMetrics, type MetricValues } from '../shared/metrics';
import { Bucket } from '../shared/s3';
import { Topic } from '../shared/topic';
import { Registries } from './ecr';
import type { FindImage } from './images';
import { planRun, type InitiateRequest } from './plan';
import { lookAtProduction, type ProductionSettings } from './production';
import { ParameterStore } from './ssm';

const data = new Bucket(variable(LambdaVariable.DataBucket));
const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const parameters = new ParameterStore(variable(LambdaVariable.HyperparameterPath));
const registries = new Registries();
const hosted = new Hosted();
const topic = new Topic(variable(LambdaVariable.TopicArn));
const settings = {
  prefix: variable(LambdaVariable.Prefix),
  environment: variable(LambdaVariable.Environment),
  dataPrefix: variable(LambdaVariable.DataPrefix),
  bucketOfTeam: setting<boolean>('bucketOfTeam'),
  schemaKey: process.env[LambdaVariable.SchemaKey],
  model: readModelFacts(),
  images: jsonVariable<ImageHashes>(LambdaVariable.Images),
  prebuilt: process.env[LambdaVariable.PrebuiltImages]
    ? jsonVariable<PrebuiltImages>(LambdaVariable.PrebuiltImages)
    : {},
  maxShards: jsonVariable<number>(LambdaVariable.MaxShards),
  volumes: jsonVariable<VolumeSettings>(LambdaVariable.Volumes),
  gitCommit: variable(LambdaVariable.GitCommit),
  gate: jsonVariable<GateSettings>(LambdaVariable.Gate),
};

const production: ProductionSettings = {
  prefix: settings.prefix,
  ...setting<Omit<ProductionSettings, 'prefix'>>('production'),
};
const findImage: FindImage = (reference) => registries.find(reference);

/**
 * `Plan run`: pins the inputs of the run, and reports if anything changed since the last decision and if the champion is
 * in service.
 */
async function initiate(request: InitiateRequest): Promise<RunPlan> {
  const planned = await planRun(request, {
    ...{ data, artifacts, parameters, topic, settings, findImage },
    lookAtProduction: (records) =>
      lookAtProduction(records, { artifacts, hosted, findImage, settings: production }),
  });
  publishMetrics(settings.prefix, planned.runId, metricsOf(planned));
  return planned;
}

/** A run that restores is counted when it has done so. */
function metricsOf({ changed, restore }: RunPlan): MetricValues {
  if (changed) return { RunsStarted: 1 };
  return restore ? {} : { RunsUnchanged: 1, RunsCompleted: 1 };
}

export const handler = logged('Plan run', initiate);
