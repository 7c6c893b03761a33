import { describePart, remedyOf } from '../../lib/contract/production';
import type { Challenger, Champion } from '../../lib/contract/run';
import { championRecords, recordChampion } from '../artifacts';
import { assertUnlocked, endTest, findChallenger, removeChallenger } from '../challengers';
import { rollbackTarget } from '../champions';
import type { CommandDescription, CommonOptions } from '../command';
import { changeableEndpoint } from '../endpoint';
import { ExitCode, OperatorError } from '../errors';
import type { Output } from '../output';
import type { Pipeline } from '../pipeline';
import { missingOf } from '../production';
import { settlePackage } from '../registry';
import { updateEndpoint } from '../update-endpoint';

interface RollbackOptions extends CommonOptions {
  to?: string;
}

export const rollback: CommandDescription<RollbackOptions> = {
  usage: 'rollback',
  summary: 'Rolls back to the previous or a given champion, and waits until it is in service.',
  examples: [
    ['rollback', 'to the previous champion; during a test, ends the test without the challenger'],
    ['rollback --to run-20261120151725910', 'to a version that is IN SAGEMAKER in mlops models'],
  ],
  options: (command) => command.option('--to <run>', 'version to roll back to (default: the previous one)'),
  action: async (pipeline, out, { to }) => {
    const challenger = await findChallenger(pipeline);
    if (challenger) return endWithout(pipeline, out, challenger, to);
    await assertUnlocked(pipeline);
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
  // It is in service already if an earlier rollback was interrupted before it was recorded.
  if (endpoint.EndpointConfigName !== target.endpointConfigName)
    await updateEndpoint(pipeline, target.endpointConfigName);
  await recordChampion(s3, outputs.ArtifactsBucketName, target);
  return report(out, records[0]!.runId, target.runId, started);
}

/** Ends a test without the challenger. The champion has not changed, so it is not recorded again. */
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
      `--to is "${to}", but the model of run "${challenger.runId}" is being tested against ${challenger.against}; end the test first, with mlops rollback or mlops promote.`,
    );
  const endpoint = await changeableEndpoint(pipeline);
  const [champion] = await championRecords(s3, outputs.ArtifactsBucketName);
  await assertPresent(pipeline, champion!);
  if (endpoint.EndpointConfigName !== champion!.endpointConfigName)
    await updateEndpoint(pipeline, champion!.endpointConfigName);
  await removeChallenger(pipeline, challenger);
  await settlePackage(
    pipeline,
    challenger,
    `Its test against ${challenger.against} was ended by mlops rollback`,
  );
  await endTest(pipeline, challenger);
  return report(out, challenger.runId, champion!.runId, started);
}

function report(out: Output, from: string, to: string, started: number): ExitCode {
  const seconds = (performance.now() - started) / 1000;
  out.result({ from, to, seconds }, () => `${from} → ${to} in ${seconds.toFixed(1)} s`);
  return ExitCode.Ok;
}

/** @throws OperatorError if a part of the version is gone; SageMaker keeps models of the newest only */
async function assertPresent(pipeline: Pipeline, version: Champion): Promise<void> {
  const [missing] = await missingOf(pipeline, version, true);
  if (!missing) return;
  const remedy =
    missing.part === 'artifact' || missing.part === 'image' ? `${remedyOf(missing)}; or set` : 'set';
  throw new OperatorError(
    `version "${version.runId}" cannot be deployed again: its ${describePart(missing)}; ${remedy} a version with --to that is IN SAGEMAKER in mlops models, and misses nothing.`,
  );
}
