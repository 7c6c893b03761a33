import type { PipelineConfig } from '../../lib/config';
import { resolveHyperparameters } from '../../lib/contract/hyperparameters';
import { runName } from '../../lib/contract/names';
import { collect, type CommandDescription, type CommonOptions } from '../command';
import { ExitCode, UsageError } from '../errors';
import { followRun } from '../follow';
import { checkRunName, startRun } from '../start-run';

interface RunOptions extends CommonOptions {
  set?: Record<string, string>;
  force?: boolean;
  wait?: boolean;
  name?: string;
}

export const run: CommandDescription<RunOptions> = {
  usage: 'run',
  summary: 'Starts a run and prints its id.',
  examples: [
    ['run', 'train if data, code or settings have changed'],
    ['run --force --wait', 'train in any case, show the progress, exit with the run’s code'],
    ['run --set training.epochs=5 --set training.seed=2', 'with other hyperparameters for this run'],
    ['run --name nightly-2026-11-20', 'the same name starts no second run while the first is running'],
  ],
  options: (command) =>
    command
      .option(
        '--set <name=value>',
        'override a hyperparameter; may be repeated',
        collect('training.epochs=5'),
      )
      .option('--force', 'train even if nothing changed')
      .option('--wait', 'show the run until it has ended')
      .option('--name <name>', 'id of the run (default: made from the time)'),
  action: async (pipeline, out, { set = {}, force = false, wait, name }) => {
    checkSettings(pipeline.config, set);
    const runId = name === undefined ? runName(new Date()) : checkRunName(name);
    const executionArn = await startRun(pipeline.sfn, {
      stateMachineArn: pipeline.outputs.StateMachineArn,
      name: runId,
      input: { force, hyperparameters: set },
    });
    if (!wait) {
      out.result({ runId, executionArn }, () => runId);
      return ExitCode.Ok;
    }
    out.event({ event: 'started', runId, executionArn }, runId);
    return followRun(pipeline, out, runId);
  },
};

/** Validates the hyperparameters before the run starts; `Plan run` validates them again. */
function checkSettings({ hyperparameters }: PipelineConfig, values: Record<string, string>): void {
  try {
    resolveHyperparameters(hyperparameters, [{ source: '--set', values }]);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; the run was not started.`);
  }
}
