import type { GoldenRequest } from '../../lib/contract/golden';
import { GOLDEN_FILE, layout } from '../../lib/contract/layout';
import type { Champion } from '../../lib/contract/run';
import { wakeUpAlarm } from '../../lib/contract/scaling';
import type { Evidence } from './evidence';
import { forgetChampion } from './reset';
import type { Scenario } from './scenarios';
import { expectTargets } from './shadow-scenarios';
import type { Harness } from './harness';

const first: Scenario = {
  name: 'the first model of an asynchronous endpoint',
  champion: false,
  run: firstModel,
};

/** An asynchronous endpoint that scales in to zero. Cheapest first. */
export const ASYNC_SCENARIOS: readonly Scenario[] = [
  { name: 'scaling in to zero', champion: true, run: scaled },
  { name: 'an asynchronous request', champion: true, run: requested },
  { name: 'asynchronous golden requests', champion: true, run: golden },
  first,
];

/** An asynchronous endpoint whose new configuration has no scaling. */
export const UNSCALED_SCENARIOS: readonly Scenario[] = [
  { name: 'a challenger that ends scaling', champion: true, run: unscaled },
  first,
];

const ALARM = wakeUpAlarm('mlops-table-local', 'primary');

async function scaled(harness: Harness): Promise<void> {
  await forgetAlarm(harness);
  await harness.invoke('Scale', { action: 'apply' });
  if (!(await hasAlarm(harness))) throw new Error(`${ALARM} was not created`);
}

/** A request that succeeds, and one that fails. */
async function requested(harness: Harness, evidence: Evidence): Promise<void> {
  const row = await evidence.row();
  const before = mailed(harness);
  const answer = await ask(harness, row);
  if (answer.status !== 200) throw new Error(`a request returned ${answer.status}: ${answer.text}`);
  const [feature] = Object.keys(row);
  const failure = await ask(harness, { ...row, [feature!]: 'not a number' });
  if (failure.status !== 502)
    throw new Error(`an invalid request returned ${failure.status}: ${failure.text}`);
  await harness.until('each request is mailed', () => mailed(harness) >= before + 2);
  const unknown = await fetch(`${harness.pipeline.session.api!.url}/nothing`, { headers: headers(harness) });
  if (unknown.status !== 404) throw new Error(`an unknown request returned ${unknown.status}`);
}

const mailed = ({ pipeline }: Harness) =>
  pipeline.mails().filter((mail) => mail.includes('"invocationStatus"')).length;

const headers = ({ pipeline }: Harness) => ({
  'x-api-key': pipeline.session.api!.key,
  'content-type': 'application/json',
});

/** Sends a request and returns its result. */
async function ask(harness: Harness, row: object): Promise<{ status: number; text: string }> {
  const { url } = harness.pipeline.session.api!;
  const body = JSON.stringify({ instances: [row] });
  let answer = await fetch(url, { method: 'POST', headers: headers(harness), body });
  const { result } = (await answer.clone().json()) as { result?: string };
  if (result !== undefined) {
    // The path is the one in AWS; the local cloud's URL has the API's id before it.
    const location = url.replace(/\/v1\/predict$/, result);
    await harness.until('there is a result', async () => {
      answer = await fetch(location, { headers: headers(harness) });
      return answer.status !== 202;
    });
  }
  return { status: answer.status, text: await answer.text() };
}

/** Golden requests as a run sends them: right ones, and one that fails. */
async function golden(harness: Harness): Promise<void> {
  const { runId } = JSON.parse(await harness.object(layout.champion)) as Champion;
  const request = { runId, variants: ['primary'] };
  await harness.invoke('RunDeploySmokeTest', request);
  const key = `${layout.evaluation(runId)}${GOLDEN_FILE}`;
  const right = await harness.object(key);
  const put = (Body: string) =>
    harness.cloud.call(
      's3',
      'PutObject',
      { Bucket: harness.artifactsBucket, Key: key, Body },
      harness.operator,
    );
  const requests = JSON.parse(right) as GoldenRequest[];
  const refused = { body: JSON.stringify({ instances: [{}] }) };
  await put(JSON.stringify(requests.map((request) => ({ ...request, ...refused }))));
  try {
    const wrong = await harness.invoke('RunDeploySmokeTest', request).then(
      () => new Error('a golden request failed, but not the smoke test'),
      (error: Error) => error,
    );
    if (wrong.name !== 'SmokeTestFailed') throw wrong;
  } finally {
    await put(right);
  }
}

async function unscaled(harness: Harness, evidence: Evidence): Promise<void> {
  const { cloud, operator, endpointName } = harness;
  const target = {
    ServiceNamespace: 'sagemaker' as const,
    ResourceId: `endpoint/${endpointName}/variant/primary`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
  };
  const limits = { MinCapacity: 1, MaxCapacity: 2 };
  await cloud.call('applicationautoscaling', 'RegisterScalableTarget', { ...target, ...limits }, operator);
  const metric = { Namespace: 'AWS/SageMaker', MetricName: 'HasBacklogWithoutCapacity', Period: 60 };
  const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' as const };
  const alarm = { AlarmName: ALARM, Statistic: 'Average' as const, ...metric, ...rule };
  await cloud.call('cloudwatch', 'PutMetricAlarm', alarm, operator);
  const run = await harness.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await expectTargets(harness, 0);
  if (await hasAlarm(harness)) throw new Error(`${ALARM} still exists`);
}

async function hasAlarm({ cloud, operator }: Harness): Promise<boolean> {
  const { MetricAlarms = [] } = await cloud.call(
    'cloudwatch',
    'DescribeAlarms',
    { AlarmNames: [ALARM] },
    operator,
  );
  return MetricAlarms.length > 0;
}

async function forgetAlarm(harness: Harness): Promise<void> {
  if (!(await hasAlarm(harness))) return;
  await harness.cloud.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [ALARM] }, harness.operator);
}

async function firstModel(harness: Harness, evidence: Evidence): Promise<void> {
  await forgetChampion(harness);
  const run = await harness.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
}
