import { resourcePrefix, type PipelineConfig } from '../../lib/config';
import { isGpu } from '../../lib/config/instance-types';
import { prebuiltReference, registryIn } from '../../lib/config/prebuilt';
import { programEntries } from '../../lib/config/programs';
import { hyperparameterPath } from '../../lib/contract/hyperparameters';
import { endpointNameOf } from '../../lib/contract/names';
import { explain } from '../errors';
import type { Account } from './account';
import {
  checkBootstrap,
  checkBucket,
  checkCredentials,
  checkEndpoint,
  checkImage,
  checkMail,
  checkParameters,
  checkPrebuilt,
  checkQuota,
  imageSkipped,
  type Finding,
} from './checks';
import { checkChampion, checkServing } from './champion-checks';
import { neededQuotas } from './quotas';

export interface Examination {
  readonly config: PipelineConfig;
  readonly account: Account;
  /** Returns the HTTP status of an image in its registry. */
  readonly imageStatus: (image: string) => Promise<number | undefined>;
  /** True on the local cloud, which has no registry of base images. */
  readonly local: boolean;
}

/** Runs every check. A check that is not permitted, or fails otherwise, is a finding too. */
export async function examine({ config, account, imageStatus, local }: Examination): Promise<Finding[]> {
  const id = await account.id();
  const stack = (name: string) => `${resourcePrefix(config)}-${name}`;
  const attempts: [string, () => Promise<Finding | Finding[]>][] = [
    ['credentials', async () => checkCredentials(id, config.account)],
    [
      'bootstrap',
      async () =>
        checkBootstrap(await account.bootstrapVersion(), id, config.region ?? (await account.region())),
    ],
    [
      'quotas',
      async () => {
        const values = await account.sageMakerQuotas();
        return neededQuotas(config).map((quota) => checkQuota(quota, values.get(quota.name)));
      },
    ],
    ['base image', async () => (local ? imageSkipped() : baseImage(config, imageStatus))],
    ['prebuilt images', async () => prebuiltImages(config, account)],
    [
      'parameters',
      async () => {
        const path = hyperparameterPath(config);
        const deployed = (await account.output(stack('Pipeline'), 'StateMachineArn')) !== undefined;
        const expected = Object.keys(config.hyperparameters).length;
        return checkParameters(path, await account.parameters(path), expected, deployed);
      },
    ],
    [
      'mail',
      async () => {
        const topic = await account.output(stack('Storage'), 'TopicArn');
        return checkMail(config.notifications.emails, topic ? await account.subscriptions(topic) : undefined);
      },
    ],
    ...(config.data.bucket ? [bucketAttempt(config, config.data.bucket.name, account)] : []),
    ...(config.endpoint.serving.kind === 'batch' ? [] : [endpointAttempt(config, account)]),
    ['champion', async () => champion(config, account)],
  ];
  return (await Promise.all(attempts.map(([check, look]) => tried(check, look)))).flat();
}

function bucketAttempt(
  { region, triggers }: PipelineConfig,
  name: string,
  account: Account,
): [string, () => Promise<Finding>] {
  return [
    'data bucket',
    async () =>
      checkBucket(name, await account.bucket(name), {
        region: region ?? (await account.region()),
        events: triggers.newData !== null,
      }),
  ];
}

function endpointAttempt(config: PipelineConfig, account: Account): [string, () => Promise<Finding>] {
  const endpoint = endpointNameOf(resourcePrefix(config));
  const { name: app, model, environment } = config;
  const owner = { app, model, environment };
  return ['endpoint', async () => checkEndpoint(endpoint, await account.endpointTags(endpoint), owner)];
}

/** What is gone of the champion, and if it is in service. */
async function champion(config: PipelineConfig, account: Account): Promise<Finding[]> {
  const { serving, workingHours: hours = null } = config.endpoint;
  const hasEndpoint = serving.kind !== 'batch';
  const bucket = await account.output(`${resourcePrefix(config)}-Storage`, 'ArtifactsBucketName');
  const found = bucket === undefined ? null : await account.champion(bucket, hasEndpoint);
  if (!hasEndpoint) return [checkChampion(found)];
  const endpoint = endpointNameOf(resourcePrefix(config));
  const now = await account.endpoint(endpoint);
  return [checkChampion(found), checkServing(endpoint, found, now, { hours, now: Date.now() })];
}

/** One finding for each image that no run builds. */
async function prebuiltImages(config: PipelineConfig, account: Account): Promise<Finding[]> {
  const region = config.region ?? (await account.region());
  const findings: Finding[] = [];
  for (const [name, program] of programEntries(config)) {
    if ('folder' in program) continue;
    const field = `programs.${name}`;
    if ('builtIn' in program && !registryIn(region, program.builtIn)) {
      findings.push(checkPrebuilt(field, program.builtIn, `its registry in ${region} is not known`));
      continue;
    }
    const reference = prebuiltReference(field, program, (builtIn) => registryIn(region, builtIn)!);
    const fault = await account.imageFault(reference);
    findings.push(checkPrebuilt(field, 'image' in program ? program.image : reference.repositoryUri, fault));
  }
  return findings;
}

async function baseImage(
  { training, programs: { train } }: PipelineConfig,
  imageStatus: Examination['imageStatus'],
): Promise<Finding> {
  if (!('folder' in train)) {
    return { check: 'base image', result: 'skipped', found: 'training runs a prebuilt image', fix: '' };
  }
  const base = train.baseImage;
  const image = typeof base === 'object' ? base[isGpu(training.instanceType) ? 'gpu' : 'cpu'] : base;
  if (image?.startsWith('public.ecr.aws/')) return checkImage(image, await imageStatus(image));
  const found =
    image === undefined
      ? 'the configuration names none for training: the Dockerfile does'
      : `${image} is not in AWS's public registry`;
  return { check: 'base image', result: 'skipped', found, fix: '' };
}

async function tried(check: string, look: () => Promise<Finding | Finding[]>): Promise<Finding | Finding[]> {
  try {
    return await look();
  } catch (error) {
    const fix = 'allow the caller this read-only action';
    return { check, result: 'fails', found: explain(error), fix };
  }
}
