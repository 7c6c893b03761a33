import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { Challenger, Champion } from '../../lib/contract/run';
import { setting, variable } from '../shared/environment';
import { logged, type OfRun } from '../shared/log';
import { Bucket } from '../shared/s3';
import { Repository } from './ecr';
import { MAX_RETIRED, selectImages, selectRetired, type Retired } from './selection';
import { Hosting } from './sagemaker';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const hosting = new Hosting(variable(LambdaVariable.EndpointName));
/** Undefined: the image is prebuilt, and not this pipeline's to delete. */
const repositoryName = process.env[LambdaVariable.InferenceRepository];
const keep = setting<number>('keepModels');

/** Champion records that are read: a rollback writes one too, so there are more records than models. */
const MAX_RECORDS = 2 * (keep + MAX_RETIRED);

/**
 * `Retire old models`: deletes model, configuration and image of former champions, except for the newest few, and
 * except for images of other repositories; and old images that no champion used. The artifacts stay in S3: a retired
 * model can be registered again.
 */
async function retireModels(_: OfRun): Promise<{ retired: string[] }> {
  const versions = (await artifacts.versionsOf(layout.champion)).slice(0, MAX_RECORDS);
  const history: Champion[] = [];
  for (const versionId of versions) {
    history.push(JSON.parse(await artifacts.text(layout.champion, { versionId })) as Champion);
  }
  const retired: Retired[] = [];
  const challenger = await artifacts.json<Challenger>(layout.challenger);
  for (const old of selectRetired(history, {
    keep,
    configInUse: await hosting.configInUse(),
    challenger,
    repositoryName,
  })) {
    const hadConfig = await hosting.deleteConfig(old.endpointConfigName);
    const hadModel = await hosting.deleteModel(old.modelName);
    if (!hadConfig && !hadModel) continue;
    retired.push(old);
  }
  if (repositoryName) {
    const repository = new Repository(repositoryName);
    await repository.delete(selectImages(await repository.list(), history, challenger, retired));
  }
  return { retired: retired.map(({ runId }) => runId) };
}

export const handler = logged('Retire old models', retireModels);
