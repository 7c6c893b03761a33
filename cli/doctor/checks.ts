/** What one look at the account found. */
export interface Finding {
  readonly check: string;
  /**
   * `fails`: the first run could not end well. `warning`: it could, but somebody should look. `skipped`: not to be
   * seen from here.
   */
  readonly result: 'ok' | 'warning' | 'fails' | 'skipped';
  readonly found: string;
  /** What to do; empty where nothing is to be done. */
  readonly fix: string;
}

const finding = (check: string) => ({
  ok: (found: string): Finding => ({ check, result: 'ok', found, fix: '' }),
  warning: (found: string, fix: string): Finding => ({ check, result: 'warning', found, fix }),
  fails: (found: string, fix: string): Finding => ({ check, result: 'fails', found, fix }),
  skipped: (found: string): Finding => ({ check, result: 'skipped', found, fix: '' }),
});

/** What templates of this CDK version ask of a bootstrapped account. */
export const LEAST_BOOTSTRAP_VERSION = 6;

export function checkCredentials(account: string, expected: string | undefined): Finding {
  const { ok, fails } = finding('credentials');
  if (expected === undefined || expected === account) return ok(`account ${account}`);
  return fails(
    `account ${account}, but the environment belongs to ${expected}`,
    'set AWS_PROFILE, or sign in, for the account of the configuration',
  );
}

/** @param version of the stack that `cdk bootstrap` makes; undefined where there is none */
export function checkBootstrap(version: string | undefined, account: string, region: string): Finding {
  const { ok, fails } = finding('bootstrap');
  const fix = `npx cdk bootstrap aws://${account}/${region}`;
  if (version === undefined) return fails('the account is not bootstrapped for CDK', fix);
  if (Number(version) >= LEAST_BOOTSTRAP_VERSION) return ok(`version ${version}`);
  return fails(`version ${version}; at least ${LEAST_BOOTSTRAP_VERSION} is needed`, fix);
}

/** Instances that an environment needs at once. */
export interface NeededQuota {
  /** As Service Quotas has it. */
  readonly name: string;
  readonly instances: number;
  /** Field of the configuration that asks for them. */
  readonly field: string;
  /** Whether a run goes on without it. */
  readonly optional?: boolean;
}

/** @param value undefined where the account has no such quota */
export function checkQuota(
  { name, instances, field, optional }: NeededQuota,
  value: number | undefined,
): Finding {
  const { ok, warning, fails } = finding(`quota: ${name}`);
  if (value === undefined)
    return warning(
      'Service Quotas does not list it',
      `look in the console of Service Quotas whether ${field} can be had in this region`,
    );
  if (value >= instances) return ok(`${value}, needed ${instances}`);
  const fix = `ask for ${instances} in Service Quotas (Amazon SageMaker, "${name}"), or choose another type in ${field}`;
  const found = `${value}, needed ${instances}`;
  return optional ? warning(found, fix) : fails(found, fix);
}

export function checkParameters(path: string, found: number, expected: number, deployed: boolean): Finding {
  const { ok, warning, fails } = finding('parameters');
  if (!deployed) return warning('the environment is not deployed yet', 'npx cdk deploy makes them');
  if (found >= expected) return ok(`${found} below ${path}`);
  return fails(
    `${found} of ${expected} below ${path}`,
    'deploy again: somebody has deleted parameters that runs read',
  );
}

export interface Subscription {
  readonly endpoint: string;
  readonly confirmed: boolean;
}

/** @param subscriptions undefined where the topic is not deployed yet */
export function checkMail(
  emails: readonly string[],
  subscriptions: readonly Subscription[] | undefined,
): Finding {
  const { ok, warning, fails } = finding('mail');
  if (emails.length === 0)
    return warning('notifications.emails is empty: nobody hears of runs and alarms', 'name an address there');
  if (!subscriptions)
    return warning('the environment is not deployed yet', 'deploy it; each address then has to confirm once');
  const absent = emails.filter((email) => !subscriptions.some(({ endpoint }) => endpoint === email));
  if (absent.length > 0)
    return fails(`not subscribed: ${absent.join(', ')}`, 'deploy the Storage stack again');
  const open = subscriptions
    .filter(({ endpoint, confirmed }) => emails.includes(endpoint) && !confirmed)
    .map(({ endpoint }) => endpoint);
  if (open.length === 0) return ok(`${emails.length} confirmed`);
  return fails(
    `not confirmed: ${open.join(', ')}`,
    'follow the link in the mail "AWS Notification - Subscription Confirmation"; it holds for two days, a new one comes from the console of SNS',
  );
}

/** @param tags of the endpoint; undefined where there is none */
export function checkEndpoint(
  name: string,
  tags: Readonly<Record<string, string>> | undefined,
  owner: { readonly app: string; readonly environment: string },
): Finding {
  const { ok, fails } = finding('endpoint');
  if (!tags) return ok(`the name ${name} is free`);
  if (tags.app === owner.app && tags.environment === owner.environment)
    return ok(`${name} is this environment's own`);
  return fails(
    `${name} belongs to somebody else (tags: ${JSON.stringify(tags)})`,
    'delete that endpoint, or choose another name or environment in the configuration',
  );
}

/** @param status of the registry's answer; undefined where it gave none */
export function checkImage(image: string, status: number | undefined): Finding {
  const { ok, fails } = finding('base image');
  if (status === 200) return ok(image);
  return fails(
    `${image}: ${status === undefined ? 'the registry does not answer' : `the registry answers ${status}`}`,
    'choose another image in training.cpuBaseImage or training.gpuBaseImage, or open the way to public.ecr.aws',
  );
}

export const imageSkipped = (): Finding =>
  finding('base image').skipped(
    'the local cloud has no registry of base images: its builds use programs of this machine',
  );
