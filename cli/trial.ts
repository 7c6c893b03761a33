import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { createHash } from 'node:crypto';
import { resourcePrefix } from '../lib/config';
import { trialParameterName } from '../lib/contract/triggers';
import type { EndedRun } from './follow';
import type { Pipeline } from './pipeline';

/** The last trial that succeeded. */
export interface Trial {
  /** Hash of the templates' resources: {@link deployedResources}. */
  readonly resources: string;
  readonly runId: string;
}

/**
 * Returns a hash of all that a run executes, as it is deployed: definition of the state machine, content hashes of images
 * and functions, gate, hyperparameters, roles. The commit is left out: most commits change nothing of it.
 */
export async function deployedResources({ cloudformation, config, outputs }: Pipeline): Promise<string> {
  const { TemplateBody = '{}' } = await cloudformation.send(
    new GetTemplateCommand({ StackName: `${resourcePrefix(config)}-Pipeline`, TemplateStage: 'Original' }),
  );
  return resourcesHash(TemplateBody, outputs.GitCommit);
}

/** @param template body, as CDK writes it: JSON */
export function resourcesHash(template: string, commit = ''): string {
  const { Resources } = JSON.parse(template) as { Resources: unknown };
  const text = JSON.stringify(Resources);
  return createHash('sha256')
    .update(commit === '' ? text : text.replaceAll(commit, ''))
    .digest('hex');
}

export async function lastTrial({ ssm, config }: Pipeline): Promise<Trial | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: trialParameterName(config) }));
    return JSON.parse(Parameter!.Value!) as Trial;
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

export async function rememberTrial({ ssm, config }: Pipeline, trial: Trial): Promise<void> {
  const Name = trialParameterName(config);
  const Value = JSON.stringify(trial);
  await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
}

/** Returns the reason why a run is no successful trial: its model is in service, or in a test, with its metric. */
export function trialProblem({ runId, decision, message, headline }: EndedRun): string | undefined {
  if (!['deployed', 'testing'].includes(decision))
    return `run ${runId} is "${decision}" (${message}); required is deployed or testing`;
  if (!Number.isFinite(headline?.value))
    return `run ${runId} has the gate metric ${JSON.stringify(headline)}; required is one whose value is a number`;
  return undefined;
}
