import type { Challenger, Champion } from '../../lib/contract/run';
import { championRecords, recordChampion } from '../artifacts';
import { assertNobodyDeploys, endTest, findChallenger, removeChallenger } from '../challengers';
import { rollbackTarget } from '../champions';
import type { CommandDescription, CommonOptions } from '../command';
import { changeableEndpoint, hasConfig, hasModel } from '../endpoint';
import { ExitCode, OperatorError } from '../errors';
import type { Output } from '../output';
import type { Pipeline } from '../pipeline';
import { settlePackage } from '../registry';
import { switchTo } from '../switch';

interface RollbackOptions extends CommonOptions {
  to?: string;
}

export const rollback: CommandDescription<RollbackOptions> = {
  usage: 'rollback',
  summary: 'Puts the previous champion, or a named one, back into service, and waits until it serves.',
  examples: [
    ['rollback', 'to the champion before this one; during a test, to the champion alone'],
    ['rollback --to run-20261120151725910', 'to one that mlops models lists as in SageMaker'],
  ],
  options: (command) => command.option('--to <run>', 'version to go back to (default: the previous one)'),
  action: async (pipeline, out, { to }) => {
    const challenger = await findChallenger(pipeline);
    if (challenger) return endWithout(pipeline, out, challenger, to);
    await assertNobodyDeploys(pipeline);
    return goBack(pipeline, out, to);
  },
};

async function goBack(pipeline: Pipeline, out: Output, to: string | undefined): Promise<ExitCode> {
  const started = performance.now();
  const { s3, outputs } = pipeline;
  const endpoint = await changeableEndpoint(pipeline);
  const records = await championRecords(s3, outputs.ArtifactsBucketName);
  const target = rollbackTarget(records, endpoint.EndpointConfigName!, to);
  await assertPresent(pipeline, target);
  // It serves already where an earlier rollback was cut short before it was recorded.
  if (endpoint.EndpointConfigName !== target.endpointConfigName)
    await switchTo(pipeline, target.endpointConfigName);
  await recordChampion(s3, outputs.ArtifactsBucketName, { ...target, deployedAt: new Date().toISOString() });
  return tell(out, records[0]!.runId, target.runId, started);
}

/** The champion of a test never ceased to be it: nothing is recorded anew. */
async function endWithout(
  pipeline: Pipeline,
  out: Output,
  challenger: Challenger,
  to: string | undefined,
): Promise<ExitCode> {
  const started = performance.now();
  const { s3, outputs } = pipeline;
  if (to !== undefined && to !== challenger.against)
    throw new OperatorError(
      `--to is "${to}" while run "${challenger.runId}" is tested against ${challenger.against}; end the test first, with mlops rollback or mlops promote.`,
    );
  const endpoint = await changeableEndpoint(pipeline);
  const [champion] = await championRecords(s3, outputs.ArtifactsBucketName);
  await assertPresent(pipeline, champion!);
  if (endpoint.EndpointConfigName !== champion!.endpointConfigName)
    await switchTo(pipeline, champion!.endpointConfigName);
  await endTest(pipeline, challenger);
  await removeChallenger(pipeline, challenger);
  await settlePackage(
    pipeline,
    challenger,
    `Its test against ${challenger.against} was ended by mlops rollback`,
  );
  return tell(out, challenger.runId, champion!.runId, started);
}

function tell(out: Output, from: string, to: string, started: number): ExitCode {
  const seconds = (performance.now() - started) / 1000;
  out.result({ from, to, seconds }, () => `${from} → ${to} in ${seconds.toFixed(1)} s`);
  return ExitCode.Ok;
}

/** Retention removes old models; their artifacts stay, and a forced run can make a model anew. */
async function assertPresent(
  { sagemaker }: Pipeline,
  { runId, modelName, endpointConfigName }: Champion,
): Promise<void> {
  const [model, config] = await Promise.all([
    hasModel(sagemaker, modelName),
    hasConfig(sagemaker, endpointConfigName),
  ]);
  if (model && config) return;
  const gone = model ? `configuration ${endpointConfigName}` : `model ${modelName}`;
  throw new OperatorError(
    `version "${runId}" cannot serve again: SageMaker no longer has its ${gone}; choose with --to one that mlops models lists as in SageMaker.`,
  );
}
