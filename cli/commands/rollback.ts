import { UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { Champion } from '../../lib/contract/run';
import { championRecords, recordChampion } from '../artifacts';
import { rollbackTarget } from '../champions';
import type { CommandDescription, CommonOptions } from '../command';
import { changeableEndpoint, hasConfig, hasModel, settledEndpoint } from '../endpoint';
import { ExitCode, OperatorError } from '../errors';
import type { Pipeline } from '../pipeline';

interface RollbackOptions extends CommonOptions {
  to?: string;
}

export const rollback: CommandDescription<RollbackOptions> = {
  usage: 'rollback',
  summary: 'Puts the previous champion, or a named one, back into service, and waits until it serves.',
  examples: [
    ['rollback', 'to the champion before this one; again, to the one before that'],
    ['rollback --to run-20261120151725910', 'to one that mlops models lists as in SageMaker'],
  ],
  options: (command) => command.option('--to <run>', 'version to go back to (default: the previous one)'),
  action: async (pipeline, out, { to }) => {
    const started = performance.now();
    const { s3, sagemaker, outputs } = pipeline;
    const { EndpointName, ArtifactsBucketName } = outputs;
    const endpoint = await changeableEndpoint(sagemaker, EndpointName);
    const records = await championRecords(s3, ArtifactsBucketName);
    const target = rollbackTarget(records, endpoint.EndpointConfigName!, to);
    await assertPresent(pipeline, target);
    // It serves already where an earlier rollback was cut short before it was recorded.
    if (endpoint.EndpointConfigName !== target.endpointConfigName) await switchTo(pipeline, target);
    await recordChampion(s3, ArtifactsBucketName, { ...target, deployedAt: new Date().toISOString() });
    const seconds = (performance.now() - started) / 1000;
    const from = records[0]!.runId;
    out.result(
      { from, to: target.runId, seconds },
      () => `${from} → ${target.runId} in ${seconds.toFixed(1)} s`,
    );
    return ExitCode.Ok;
  },
};

/** @throws OperatorError where the endpoint does not come into service on the target's configuration */
async function switchTo({ sagemaker, outputs, pollMs }: Pipeline, target: Champion): Promise<void> {
  const { EndpointName } = outputs;
  await sagemaker.send(
    new UpdateEndpointCommand({
      EndpointName,
      EndpointConfigName: target.endpointConfigName,
      // As many instances as serve now, or a scaled-out endpoint would shrink under its load.
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredWeight' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    }),
  );
  const after = await settledEndpoint(sagemaker, EndpointName, pollMs);
  if (after.EndpointStatus !== 'InService' || after.EndpointConfigName !== target.endpointConfigName) {
    throw new OperatorError(
      `endpoint "${EndpointName}" is ${after.EndpointStatus} on ${after.EndpointConfigName} instead of InService on ${target.endpointConfigName}: ${after.FailureReason ?? 'no reason given'}; champion.json was not changed.`,
    );
  }
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
