import { resourcePrefix, type PipelineConfig } from '../../lib/config';
import { environments } from '../support/configs';
import { Account, type Deployed } from './account';
import type { Change, Outcome, Step } from './change';
import { changes } from './changes';

/** Account and region of the local cloud, in place of `UNASSIGNED`. */
const HERE = { account: '123456789012', region: 'us-east-1' };

/** The configuration of an environment, as far as triggers start no run during the tests. */
export function environmentOf(name: string): PipelineConfig {
  const config = environments.find(({ environment }) => environment === name)!;
  return {
    ...config,
    ...(config.account !== undefined && HERE),
    // Nobody, or an example domain, is for the placeholder account only.
    ...(config.account !== undefined && { notifications: { emails: ['team@team.dev'] } }),
    ...(config.approval && { approval: { ...config.approval, emails: ['approver@team.dev'] } }),
    triggers: { ...config.triggers, newData: { quietMinutes: 60, maxWaitMinutes: 60 }, newCode: false },
  };
}

/**
 * Types whose replacement loses data or history, or what clients and other stacks know. A file system is none: FSx
 * loads it from the bucket again.
 */
const STATEFUL = [
  'ApiGateway::ApiKey',
  'ApiGateway::RestApi',
  'ApiGateway::UsagePlan',
  'EC2::Subnet',
  'EC2::VPC',
  'ECR::Repository',
  'KMS::Key',
  'Logs::LogGroup',
  'S3::Bucket',
  'SNS::Topic',
  'SQS::Queue',
  'SSM::Parameter',
  'SageMaker::ModelPackageGroup',
  'Scheduler::ScheduleGroup',
  'StepFunctions::StateMachine',
].map((type) => `AWS::${type}`);

/** Stacks that may use what a stack before them exports. */
const USERS = ['Network', 'Pipeline', 'Inference'];
const IN_USE = /stack (\S+), .*Export .* cannot be (deleted|updated) as it is in use by/;

/** Outcomes with which the next step starts from the changed configuration. */
const DEPLOYED: readonly Outcome[] = ['works', 'users first'];

type Resources = ReadonlyMap<string, Deployed>;

function replaced(before: Resources, after: Resources): string[] {
  return [...before].flatMap(([id, { type, physicalId }]) => {
    const now = after.get(id);
    return STATEFUL.includes(type) && now && now.physicalId !== physicalId ? [`${type} ${id}`] : [];
  });
}

/** Defines the tests of all changes from one environment. */
export function testChangesFrom(environment: string, chosen: readonly Change[] = changes): void {
  const original = environmentOf(environment);
  let account: Account;
  async function open(): Promise<void> {
    account = await Account.open();
    await account.deploy(original);
    await account.serve(original);
  }
  beforeAll(open);
  afterAll(() => account?.close());

  /** Statuses of the stacks by their names. */
  async function statuses(config: PipelineConfig): Promise<Record<string, string>> {
    const stacks = await account.stacks(config);
    return Object.fromEntries(stacks.map(({ StackName, StackStatus }) => [StackName!, StackStatus!]));
  }

  /** All stacks stand, and nothing with data was replaced. */
  async function unharmed(config: PipelineConfig, before: Resources): Promise<void> {
    expect(replaced(before, await account.resources(config))).toEqual([]);
    const standing = expect.stringMatching(/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/) as string;
    const all = await statuses(config);
    expect(all).toEqual(Object.fromEntries(Object.keys(all).map((name) => [name, standing])));
  }

  async function refuses(config: PipelineConfig, reason: RegExp, ...stacks: string[]): Promise<Error> {
    const before = await account.resources(config);
    const error = await account.deploy(config, ...stacks).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(reason) as string });
    expect(await account.resources(config)).toEqual(before);
    return error!;
  }

  async function deploy(config: PipelineConfig, outcome: Outcome): Promise<void> {
    if (outcome === 'elsewhere') return;
    const before = await account.resources(config);
    if (typeof outcome === 'object') {
      await refuses(config, 'fails' in outcome ? outcome.fails : outcome.refused);
    } else if (outcome === 'apart') {
      await refuses(config, IN_USE);
      await refuses(config, /No export named/, ...USERS);
    } else {
      if (outcome === 'users first') {
        const [, refusing] = IN_USE.exec((await refuses(config, IN_USE)).message)!;
        // The stack in the message waits for all that come after it.
        await account.deploy(config, ...USERS.filter((name) => !refusing!.includes(`-${name}`)));
      }
      await account.deploy(config);
    }
    await unharmed(config, before);
  }

  /** Deploys until the stack Pipeline fails, with all of its changes made: it is as it was. */
  async function fail(config: PipelineConfig, { stuck = false }: Step): Promise<void> {
    const before = await account.resources(config);
    await expect(account.deployUntil(config, 'Pipeline')).rejects.toThrow(/Taken .*already exists/);
    const name = `${resourcePrefix(config)}-Pipeline`;
    if (stuck) {
      expect(await statuses(config)).toMatchObject({ [name]: 'UPDATE_ROLLBACK_FAILED' });
      await account.continueRollback(name);
    }
    await unharmed(config, before);
    const ofPipeline = (all: Resources) => [...all].filter(([id]) => id.startsWith(`${name}/`)).sort();
    expect(ofPipeline(await account.resources(config))).toEqual(ofPipeline(before));
  }

  async function walk({ steps, back, undo }: Change): Promise<void> {
    let config = original;
    for (const step of steps) {
      const { edit, outcome } = step;
      const next = edit(config, account.given);
      if (outcome === 'works') await fail(next, step);
      await deploy(next, outcome);
      if (DEPLOYED.includes(outcome)) config = next;
    }
    await deploy(original, back);
    // What the way back has left must not be in the way of the same change.
    const [first] = steps;
    if (!DEPLOYED.includes(first!.outcome)) return;
    await deploy(first!.edit(original, account.given), first!.outcome);
    await deploy(original, undo);
  }

  const mine = chosen.filter(({ from }) => !from || from.includes(environment));
  test.each(mine.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    try {
      await walk(each);
    } catch (error) {
      // The next change starts from the environment, whatever happened to this one.
      await account.close();
      await open();
      throw error;
    }
  });
}
