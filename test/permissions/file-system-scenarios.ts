import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Evidence } from './evidence';
import { forgetChampion } from './reset';
import { SCENARIOS, type Scenario } from './scenarios';
import type { Harness } from './harness';

/** Jobs in a private network, and training data in a file system. Cheapest first. */
export const FILE_SYSTEM_SCENARIOS: readonly Scenario[] = [
  { name: 'the default group is closed and opened', champion: false, logs: true, run: defaultGroup },
  SCENARIOS.find(({ name }) => name === 'a prediction through the API')!,
  { name: 'a first model in a private network', champion: false, logs: true, run: first },
];

async function first(harness: Harness, evidence: Evidence): Promise<void> {
  await forgetChampion(harness);
  const run = await harness.start({ force: true, hyperparameters: { 'training.epochs': '10' } });
  await evidence.success(run);
  await evidence.deployed(run);
  await evidence.jobLogs(run);
}

/** CDK's function of the stack Network, without the hash of its id. */
const PROVIDER = 'CustomVpcRestrictDefaultSGCustomResourceProvider';
/** The function answers within a second; without a process, it never does. */
const ANSWER_SECONDS = 3;

/** Another stack asks the function for what the stack Network asks: when it is created, and when it is deleted. */
async function defaultGroup(harness: Harness, evidence: Evidence): Promise<void> {
  const { cloud, operator } = harness;
  const [DefaultSecurityGroupId] = await harness.defaultGroups();
  const Properties = {
    ServiceToken: cloud.arn('lambda', `function:${harness.physicalId(`${PROVIDER}Handler`)}`),
    ServiceTimeout: ANSWER_SECONDS,
    ...{ DefaultSecurityGroupId, Account: cloud.account },
  };
  const TemplateBody = JSON.stringify({ Resources: { Group: { Type: 'Custom::Group', Properties } } });
  const input = { StackName: `default-group-${Date.now()}`, TemplateBody };
  const { StackId } = await cloud.call('cloudformation', 'CreateStack', input, operator);
  await expectStatus(harness, StackId!, 'CREATE_COMPLETE');
  await cloud.call('cloudformation', 'DeleteStack', { StackName: StackId }, operator);
  await expectStatus(harness, StackId!, 'DELETE_COMPLETE');
  await evidence.providerLog(PROVIDER);
}

async function expectStatus({ cloud, operator }: Harness, StackName: string, status: string): Promise<void> {
  let stack: Stack | undefined;
  do {
    // Waits for the end of the operation, for 2 s at most.
    const { Stacks } = await cloud.call('cloudformation', 'DescribeStacks', { StackName }, operator);
    stack = Stacks![0];
  } while (stack!.StackStatus!.endsWith('_IN_PROGRESS'));
  if (stack!.StackStatus !== status) throw new Error(`the stack is ${stack!.StackStatus}, not ${status}`);
}
