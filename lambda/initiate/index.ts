import { LambdaVariable, type ImageHashes, type PrebuiltImages } from '../../lib/contract/environment';
import type { GateSettings } from '../../lib/contract/gate';
import type { RunPlan } from '../../lib/contract/run';
import type { VolumeSettings } from '../../lib/contract/volumes';
import { jsonVariable, setting, variable } from '../shared/environment';
import { logged } from '../shared/log';
import { readModelFacts } from '../shared/model';
import { publishMetrics, type MetricValues } from '../shared/metrics';
import { Bucket } from '../shared/s3';
import { Topic } from '../shared/topic';
import { Registries } from './ecr';
import { planRun, type InitiateRequest } from './plan';
import { ParameterStore } from './ssm';

const data = new Bucket(variable(LambdaVariable.DataBucket));
const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const parameters = new ParameterStore(variable(LambdaVariable.HyperparameterPath));
const registries = new Registries();
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

/** `Plan run`: pins the inputs of the run and reports if anything changed since the last decision. */
async function initiate(request: InitiateRequest): Promise<RunPlan> {
  const planned = await planRun(request, {
    ...{ data, artifacts, parameters, topic, settings },
    findImage: (reference) => registries.find(reference),
  });
  const metrics: MetricValues = planned.changed ? { RunsStarted: 1 } : { RunsUnchanged: 1, RunsCompleted: 1 };
  publishMetrics(settings.prefix, planned.runId, metrics);
  return planned;
}

export const handler = logged('Plan run', initiate);
