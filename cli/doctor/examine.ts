import { resourcePrefix, type PipelineConfig } from '../../lib/config';
import { isGpu } from '../../lib/config/instance-types';
import { HYPERPARAMETERS, hyperparameterPath } from '../../lib/contract/hyperparameters';
import { endpointNameOf } from '../../lib/contract/names';
import { capitalise } from '../../lib/contract/text';
import { explain } from '../errors';
import type { Account } from './account';
import {
  checkBootstrap,
  checkCredentials,
  checkEndpoint,
  checkImage,
  checkMail,
  checkParameters,
  checkQuota,
  imageSkipped,
  type Finding,
} from './checks';
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
  const stack = (name: string) => `${capitalise(config.environment)}-${name}`;
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
    [
      'parameters',
      async () => {
        const path = hyperparameterPath(config.name, config.environment);
        const deployed = (await account.output(stack('Pipeline'), 'StateMachineArn')) !== undefined;
        const expected = Object.keys(HYPERPARAMETERS).length;
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
    ...(config.endpoint.serving.kind === 'batch' ? [] : [endpointAttempt(config, account)]),
  ];
  return (await Promise.all(attempts.map(([check, look]) => tried(check, look)))).flat();
}

function endpointAttempt(config: PipelineConfig, account: Account): [string, () => Promise<Finding>] {
  const name = endpointNameOf(resourcePrefix(config));
  const owner = { app: config.name, environment: config.environment };
  return ['endpoint', async () => checkEndpoint(name, await account.endpointTags(name), owner)];
}

async function baseImage(
  { training }: PipelineConfig,
  imageStatus: Examination['imageStatus'],
): Promise<Finding> {
  const image = isGpu(training.instanceType) ? training.gpuBaseImage : training.cpuBaseImage;
  if (image.startsWith('public.ecr.aws/')) return checkImage(image, await imageStatus(image));
  return {
    check: 'base image',
    result: 'skipped',
    found: `${image} is not in AWS's public registry`,
    fix: '',
  };
}

async function tried(check: string, look: () => Promise<Finding | Finding[]>): Promise<Finding | Finding[]> {
  try {
    return await look();
  } catch (error) {
    const fix = 'allow the caller this read-only action';
    return { check, result: 'fails', found: explain(error), fix };
  }
}
