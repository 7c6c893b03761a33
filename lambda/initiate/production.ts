import type { PrebuiltReference } from '../../lib/contract/environment';
import { line } from '../../lib/contract/champion';
import { layout } from '../../lib/contract/layout';
import { runResourceName } from '../../lib/contract/names';
import { isWhole, type ModelParts } from '../../lib/contract/production';
import type { Challenger, Champion, EndpointLock } from '../../lib/contract/run';
import type { WorkingHours } from '../../lib/contract/working-hours';
import type { Hosted } from '../shared/hosted';
import type { Bucket } from '../shared/s3';
import { isStopped } from '../shared/stopped';
import { assess, NO_CHAMPION, type Assessment, type FoundEndpoint } from './assessment';
import type { FindImage } from './images';

export interface ProductionSettings {
  readonly prefix: string;
  /** Undefined for batch predictions. */
  readonly endpointName?: string;
  readonly workingHours?: WorkingHours;
  /** Repository of the inference images; others may not be readable. */
  readonly inferenceRepositoryUri: string;
}

export interface ProductionDependencies {
  readonly artifacts: Pick<Bucket, 'json' | 'keys' | 'name' | 'text' | 'versionsOf'>;
  readonly hosted: Pick<Hosted, 'config' | 'endpoint' | 'model'>;
  readonly findImage: FindImage;
  readonly settings: ProductionSettings;
}

/** Records of champions that are read in search of one that is whole. */
const MAX_RECORDS = 50;

/** Looks up what serves in production, and compares it with the records. */
export async function lookAtProduction(
  {
    runId,
    champion,
    challenger,
  }: { runId: string; champion: Champion | null; challenger: Challenger | null },
  dependencies: ProductionDependencies,
): Promise<Assessment> {
  if (!champion) return NO_CHAMPION;
  const { hosted, settings } = dependencies;
  const [parts, endpoint, test] = await Promise.all([
    partsOf(champion, dependencies),
    findEndpoint(dependencies),
    challenger && hosted.config(challenger.testConfigName),
  ]);
  return assess({
    ...{ champion, challenger, parts, endpoint },
    testable: test !== null,
    former: isWhole(parts) ? null : await newestWhole(dependencies),
    // Not those of the run's candidate, which the same run may train.
    names: {
      model: runResourceName(settings.prefix, runId, 'champion-model'),
      endpointConfig: runResourceName(settings.prefix, runId, 'champion-config'),
    },
  });
}

async function partsOf(champion: Champion, dependencies: ProductionDependencies): Promise<ModelParts> {
  const { hosted, settings } = dependencies;
  const [artifact, image, model, config] = await Promise.all([
    hasArtifact(champion, dependencies),
    hasImage(champion, dependencies),
    hosted.model(champion.modelName),
    settings.endpointName === undefined ? null : hosted.config(champion.endpointConfigName),
  ]);
  return { artifact, image, model, config };
}

async function findEndpoint({
  artifacts,
  hosted,
  settings: { endpointName: name, workingHours },
}: ProductionDependencies): Promise<FoundEndpoint | undefined> {
  if (name === undefined) return undefined;
  const lock = workingHours ? await artifacts.json<EndpointLock>(layout.endpointLock) : null;
  return { name, now: await hosted.endpoint(name), stopped: isStopped(workingHours, lock, Date.now()) };
}

/** Lists instead of reading: a run plans without access to models. */
async function hasArtifact(
  { modelDataUrl }: Champion,
  { artifacts }: ProductionDependencies,
): Promise<boolean> {
  const key = modelDataUrl.slice(`s3://${artifacts.name}/`.length);
  return (await artifacts.keys(key)).includes(key);
}

async function hasImage(
  { inferenceImage }: Champion,
  { findImage, settings: { inferenceRepositoryUri } }: ProductionDependencies,
): Promise<boolean | undefined> {
  const [repositoryUri = '', imageDigest] = inferenceImage.split('@');
  if (imageDigest === undefined || repositoryUri !== inferenceRepositoryUri) return undefined;
  const reference: PrebuiltReference = {
    registryId: repositoryUri.split('.')[0]!,
    repositoryName: repositoryUri.slice(repositoryUri.indexOf('/') + 1),
    ...{ repositoryUri, id: { imageDigest }, field: 'champion' },
  };
  return (await findImage(reference)) !== undefined;
}

/** Returns the newest former champion with artifact and image; null if there is none. */
async function newestWhole(dependencies: ProductionDependencies): Promise<Champion | null> {
  const { artifacts } = dependencies;
  const versions = (await artifacts.versionsOf(layout.champion)).slice(0, MAX_RECORDS);
  const records: Champion[] = [];
  for (const versionId of versions)
    records.push(JSON.parse(await artifacts.text(layout.champion, { versionId })) as Champion);
  for (const former of line(records).slice(0, -1).reverse()) {
    if (!(await hasArtifact(former, dependencies))) continue;
    if ((await hasImage(former, dependencies)) !== false) return former;
  }
  return null;
}
