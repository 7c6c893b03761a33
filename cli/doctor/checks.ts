import type { MissingPart } from '../../lib/contract/production';
import type { Challenger, Champion } from '../../lib/contract/run';

/** The result of one check. */
export interface Finding {
  readonly check: string;
  /**
   * `fails`: the first run would fail. `warning`: the run can succeed, but the point needs attention. `skipped`: cannot
   * be checked here.
   */
  readonly result: 'ok' | 'warning' | 'fails' | 'skipped';
  readonly found: string;
  /** The remedy; empty if none is needed. */
  readonly fix: string;
}

export const finding = (check: string) => ({
  ok: (found: string): Finding => ({ check, result: 'ok', found, fix: '' }),
  warning: (found: string, fix: string): Finding => ({ check, result: 'warning', found, fix }),
  fails: (found: string, fix: string): Finding => ({ check, result: 'fails', found, fix }),
  skipped: (found: string): Finding => ({ check, result: 'skipped', found, fix: '' }),
});

/** The bootstrap version that templates of this CDK version require. */
export const LEAST_BOOTSTRAP_VERSION = 6;

export function checkCredentials(account: string, expected: string | undefined): Finding {
  const { ok, fails } = finding('credentials');
  if (expected === undefined || expected === account) return ok(`account ${account}`);
  return fails(
    `account ${account}; the environment's account is ${expected}`,
    `set AWS_PROFILE to a profile of account ${expected}, or sign in to it`,
  );
}

/** @param version of the bootstrap stack; undefined if it does not exist */
export function checkBootstrap(version: string | undefined, account: string, region: string): Finding {
  const { ok, fails } = finding('bootstrap');
  const fix = `npx cdk bootstrap aws://${account}/${region}`;
  if (version === undefined) return fails('the account is not bootstrapped for CDK', fix);
  if (Number(version) >= LEAST_BOOTSTRAP_VERSION) return ok(`version ${version}`);
  return fails(`version ${version}; the minimum is ${LEAST_BOOTSTRAP_VERSION}`, fix);
}

/** A number of instances that an environment needs at the same time. */
export interface NeededQuota {
  /** The name in Service Quotas. */
  readonly name: string;
  readonly instances: number;
  /** Configuration field that requires them. */
  readonly field: string;
  /** True if a run works without it. */
  readonly optional?: boolean;
}

/** @param value undefined if the account has no such quota */
export function checkQuota(
  { name, instances, field, optional }: NeededQuota,
  value: number | undefined,
): Finding {
  const { ok, warning, fails } = finding(`quota: ${name}`);
  if (value === undefined)
    return warning(
      'Service Quotas does not list it',
      `check in the Service Quotas console if the type of ${field} is available in this region`,
    );
  if (value >= instances) return ok(`${value}, needed ${instances}`);
  const fix = `request ${instances} in Service Quotas (Amazon SageMaker, "${name}"), or set another type in ${field}`;
  const found = `${value}, needed ${instances}`;
  return optional ? warning(found, fix) : fails(found, fix);
}

export function checkParameters(path: string, found: number, expected: number, deployed: boolean): Finding {
  const { ok, warning, fails } = finding('parameters');
  if (!deployed) return warning('the environment is not deployed yet', 'npx cdk deploy creates them');
  if (found >= expected) return ok(`${found} below ${path}`);
  return fails(
    `${found} of ${expected} below ${path}`,
    'parameters that runs read were deleted: deploy the Pipeline stack again',
  );
}

export interface Subscription {
  readonly endpoint: string;
  readonly confirmed: boolean;
}

/** @param subscriptions undefined if the topic is not deployed yet */
export function checkMail(
  emails: readonly string[],
  subscriptions: readonly Subscription[] | undefined,
): Finding {
  const { ok, warning, fails } = finding('mail');
  if (emails.length === 0)
    return warning('notifications.emails is empty: runs and alarms notify no one', 'add an address');
  if (!subscriptions)
    return warning(
      'the environment is not deployed yet',
      'deploy it; then each address must confirm its subscription',
    );
  const absent = emails.filter((email) => !subscriptions.some(({ endpoint }) => endpoint === email));
  if (absent.length > 0)
    return fails(`not subscribed: ${absent.join(', ')}`, 'deploy the Storage stack again');
  const open = subscriptions
    .filter(({ endpoint, confirmed }) => emails.includes(endpoint) && !confirmed)
    .map(({ endpoint }) => endpoint);
  if (open.length === 0) return ok(`${emails.length} confirmed`);
  return fails(
    `not confirmed: ${open.join(', ')}`,
    'open the link in the mail "AWS Notification - Subscription Confirmation"; it is valid for two days; the SNS console sends a new one',
  );
}

/** @param tags of the endpoint; undefined if it does not exist */
export function checkEndpoint(
  name: string,
  tags: Readonly<Record<string, string>> | undefined,
  owner: Readonly<Record<'app' | 'model' | 'environment', string>>,
): Finding {
  const { ok, fails } = finding('endpoint');
  if (!tags) return ok(`the name ${name} is free`);
  if (Object.entries(owner).every(([tag, value]) => tags[tag] === value))
    return ok(`${name} belongs to this environment`);
  return fails(
    `${name} does not belong to this environment (tags: ${JSON.stringify(tags)})`,
    'delete that endpoint, or change the name or the environment in the configuration',
  );
}

/** The recorded champion, with what is gone of it. */
export interface FoundChampion {
  readonly champion: Champion;
  /** The model that is tested against it; null without one. */
  readonly challenger: Challenger | null;
  readonly missing: readonly MissingPart[];
}

/** What a run relies on of a bucket that the stacks did not create. */
export interface BucketFacts {
  readonly region: string | undefined;
  /** `Enabled`, `Suspended`; undefined if it was never on. */
  readonly versioning: string | undefined;
  /** True if its events are sent to EventBridge. */
  readonly sendsEvents: boolean;
}

/**
 * @param facts undefined if there is no such bucket
 * @param needed region of the pipeline, and whether new data starts runs
 */
export function checkBucket(
  name: string,
  facts: BucketFacts | undefined,
  needed: { readonly region: string; readonly events: boolean },
): Finding {
  const { ok, fails } = finding('data bucket');
  if (!facts)
    return fails(`${name} does not exist`, 'set data.bucket.name to a bucket, or leave out data.bucket');
  const { region = needed.region, versioning, sendsEvents } = facts;
  if (region !== needed.region) {
    return fails(
      `${name} is in ${region}, the environment in ${needed.region}`,
      'use a bucket of the same region: SageMaker reads no other',
    );
  }
  if (versioning !== 'Enabled') {
    return fails(
      `${name} has versioning ${versioning ?? 'off'}; a run pins the version of each object`,
      `aws s3api put-bucket-versioning --bucket ${name} --versioning-configuration Status=Enabled`,
    );
  }
  if (needed.events && !sendsEvents) {
    return fails(
      `${name} sends no events to EventBridge; triggers.newData would start no run`,
      `turn on "Amazon EventBridge" in the bucket's properties (aws s3api put-bucket-notification-configuration replaces all of its notifications), or set triggers.newData to null`,
    );
  }
  return ok(`${name} keeps versions${sendsEvents ? ' and sends events' : ''}`);
}

/** @param status of the registry's answer; undefined without an answer */
export function checkImage(image: string, status: number | undefined): Finding {
  const { ok, fails } = finding('base image');
  if (status === 200) return ok(image);
  return fails(
    `${image}: ${status === undefined ? 'the registry does not answer' : `the registry returned status ${status}`}`,
    'set another image in programs.train.baseImage, or allow access to public.ecr.aws',
  );
}

/**
 * @param field of the configuration
 * @param fault why the image cannot be pulled; undefined if it can
 */
export function checkPrebuilt(field: string, image: string, fault: string | undefined): Finding {
  const { ok, fails } = finding(`image of ${field}`);
  if (fault === undefined) return ok(image);
  return fails(
    `${image}: ${fault}`,
    'push the image, name another one, or let this account pull it in the policy of its repository (docs/prebuilt-images.md)',
  );
}

export const imageSkipped = (): Finding =>
  finding('base image').skipped(
    'the local cloud has no base images: its builds use the programs of this machine',
  );
