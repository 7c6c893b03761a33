import { layout, GOLDEN_FILE } from '../../lib/contract/layout';
import type { Champion } from '../../lib/contract/run';
import { wakeUpAlarm } from '../../lib/contract/scaling';
import type { Evidence } from './evidence';
import { forgetChampion } from './reset';
import type { Scenario } from './scenarios';
import { expectTargets } from './shadow-scenarios';
import type { Workbench } from './workbench';

const first: Scenario = { name: 'the first model behind a queue', champion: false, run: firstModel };

/** A queue before instances, down to none. Cheapest first. */
export const ASYNC_SCENARIOS: readonly Scenario[] = [
  { name: 'scaling down to nothing', champion: true, run: scaled },
  { name: 'a request that waits for its answer', champion: true, run: requested },
  { name: 'golden requests through the queue', champion: true, run: golden },
  first,
];

/** The same, scaled once and no more. */
export const UNSCALED_SCENARIOS: readonly Scenario[] = [
  { name: 'a challenger that ends scaling', champion: true, run: unscaled },
  first,
];

const ALARM = wakeUpAlarm('mlops-local', 'primary');

async function scaled(bench: Workbench): Promise<void> {
  await forgetAlarm(bench);
  await bench.invoke('DeploymentScale', { action: 'apply' });
  if (!(await hasAlarm(bench))) throw new Error(`${ALARM} was not made`);
}

/** One that is answered, and one that fails. */
async function requested(bench: Workbench, evidence: Evidence): Promise<void> {
  const row = await evidence.row();
  const before = told(bench);
  const answer = await ask(bench, row);
  if (answer.status !== 200) throw new Error(`a request is answered ${answer.status}: ${answer.text}`);
  const [feature] = Object.keys(row);
  const failure = await ask(bench, { ...row, [feature!]: 'no number' });
  if (failure.status !== 502) throw new Error(`a bad request is answered ${failure.status}: ${failure.text}`);
  await bench.until('a mail of each request', async () => Promise.resolve(told(bench) >= before + 2));
  const unknown = await fetch(`${bench.pipeline.session.api!.url}/nothing`, { headers: headers(bench) });
  if (unknown.status !== 404) throw new Error(`an unknown request is answered ${unknown.status}`);
}

const told = ({ pipeline }: Workbench) =>
  pipeline.mails().filter((mail) => mail.includes('"invocationStatus"')).length;

const headers = ({ pipeline }: Workbench) => ({
  'x-api-key': pipeline.session.api!.key,
  'content-type': 'application/json',
});

/** @returns what is at the place of the result, once it is there */
async function ask(bench: Workbench, row: object): Promise<{ status: number; text: string }> {
  const { url } = bench.pipeline.session.api!;
  const body = JSON.stringify({ instances: [row] });
  let answer = await fetch(url, { method: 'POST', headers: headers(bench), body });
  const { result } = (await answer.clone().json()) as { result?: string };
  if (result !== undefined) {
    // The path is the one in AWS; here the API's id stands before it.
    const place = url.replace(/\/v1\/predict$/, result);
    await bench.until('a result', async () => {
      answer = await fetch(place, { headers: headers(bench) });
      return answer.status !== 202;
    });
  }
  return { status: answer.status, text: await answer.text() };
}

/** As a run asks them: right ones, and one that fails. */
async function golden(bench: Workbench): Promise<void> {
  const { runId } = JSON.parse(await bench.object(layout.champion)) as Champion;
  const request = { runId, variants: ['primary'] };
  await bench.invoke('DeploymentSmokeTest', request);
  const key = `${layout.evaluation(runId)}${GOLDEN_FILE}`;
  const right = await bench.object(key);
  const put = (Body: string) =>
    bench.cloud.call('s3', 'PutObject', { Bucket: bench.artifactsBucket, Key: key, Body }, bench.operator);
  const { instances, ...rest } = JSON.parse(right) as { instances: object[] };
  await put(JSON.stringify({ ...rest, instances: instances.map(() => ({})) }));
  try {
    const wrong = await bench.invoke('DeploymentSmokeTest', request).then(
      () => new Error('a golden request that fails is taken for right'),
      (error: Error) => error,
    );
    if (!wrong.message.includes('failed a golden request')) throw wrong;
  } finally {
    await put(right);
  }
}

async function unscaled(bench: Workbench, evidence: Evidence): Promise<void> {
  const { cloud, operator, endpointName } = bench;
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
  const run = await bench.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await expectTargets(bench, 0);
  if (await hasAlarm(bench)) throw new Error(`${ALARM} is still there`);
}

async function hasAlarm({ cloud, operator }: Workbench): Promise<boolean> {
  const { MetricAlarms = [] } = await cloud.call(
    'cloudwatch',
    'DescribeAlarms',
    { AlarmNames: [ALARM] },
    operator,
  );
  return MetricAlarms.length > 0;
}

async function forgetAlarm(bench: Workbench): Promise<void> {
  if (!(await hasAlarm(bench))) return;
  await bench.cloud.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [ALARM] }, bench.operator);
}

async function firstModel(bench: Workbench, evidence: Evidence): Promise<void> {
  await forgetChampion(bench);
  const run = await bench.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
}
