import { APPROVAL_STATE, decideOnce } from '../../lib/contract/approval';
import { runName } from '../../lib/contract/names';
import { OperatorDesk } from '../approval-desk';
import type { CommandDescription, CommonOptions } from '../command';
import { ExitCode, exitCodeOf, OperatorError } from '../errors';
import { followToEnd } from '../follow';
import type { Pipeline } from '../pipeline';
import { startRun } from '../start-run';
import { deployedResources, lastTrial, rememberTrial, trialProblem } from '../trial';
import { callerArn } from './approve';

interface TrialOptions extends CommonOptions {
  always?: boolean;
}

/** Returns a function that approves the run's model as soon as the run asks: a trial is a run that nobody waits for. */
async function approver(pipeline: Pipeline, runId: string): Promise<(state?: string) => Promise<void>> {
  const desk = new OperatorDesk(pipeline);
  const decision = { action: 'approve', by: await callerArn(pipeline), reason: 'trial' } as const;
  return async (state) => {
    if (state === APPROVAL_STATE) await decideOnce(desk, runId, decision, new Date());
  };
}

export const trial: CommandDescription<TrialOptions> = {
  usage: 'trial',
  summary: 'Tries a stack deployment by a whole run, unless the same resources were tried before.',
  examples: [
    ['trial --environment stage', 'the step of the delivery after a stack deployment'],
    ['trial --always', 'a run in any case'],
  ],
  options: (command) => command.option('--always', 'try even if nothing changed since the last trial'),
  action: async (pipeline, out, { always = false }) => {
    const resources = await deployedResources(pipeline);
    const before = await lastTrial(pipeline);
    if (!always && before?.resources === resources) {
      out.event(
        { event: 'skipped', runId: before.runId },
        `not tried again: image, gate and definition are those of run ${before.runId}, which succeeded`,
      );
      return ExitCode.Ok;
    }
    const runId = runName(new Date());
    const executionArn = await startRun(pipeline.sfn, {
      stateMachineArn: pipeline.outputs.StateMachineArn,
      name: runId,
      input: { force: true, hyperparameters: {} },
    });
    out.event({ event: 'started', runId, executionArn }, runId);
    const ended = await followToEnd(pipeline, out, runId, await approver(pipeline, runId));
    const problem = trialProblem(ended);
    if (problem !== undefined) {
      const code = exitCodeOf(ended.decision);
      throw new OperatorError(problem, code === ExitCode.Ok ? ExitCode.Failed : code);
    }
    await rememberTrial(pipeline, { resources, runId });
    const { name, value } = ended.headline!;
    out.event(
      { event: 'tried', runId, headline: ended.headline },
      `run ${runId}: ${ended.decision}, ${name} ${value}`,
    );
    return ExitCode.Ok;
  },
};
