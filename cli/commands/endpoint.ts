import { runName } from '../../lib/contract/names';
import type { CommandDescription, CommonOptions } from '../command';
import { findEndpoint } from '../endpoint';
import { ExitCode, UsageError } from '../errors';
import { followRun } from '../follow';
import type { Output } from '../output';
import type { Pipeline } from '../pipeline';
import { startRun } from '../start-run';
import { absence, startOrStop } from '../working-hours';

export const endpoint: CommandDescription<CommonOptions> = {
  usage: 'endpoint [ACTION]',
  summary:
    'Shows the status of the endpoint; "restore" brings the champion back into service; "start" and "stop" start or stop an endpoint with working hours now.',
  examples: [
    ['endpoint', 'its status and configuration, or its next start'],
    ['endpoint restore', 'creates or updates it, so that it serves the champion; trains nothing'],
    ['endpoint start', 'starts it now, until the end of the next working hours'],
    ['endpoint stop', 'stops it until the next working hours'],
  ],
  action: async (pipeline, out, _, action = 'show') => {
    if (action === 'show') {
      const found = await show(pipeline);
      out.result(found, () => found.message);
    } else if (action === 'start' || action === 'stop') {
      const started = performance.now();
      const outcome = await startOrStop(pipeline, action);
      const seconds = (performance.now() - started) / 1000;
      out.result({ ...outcome, seconds }, () =>
        outcome.done
          ? `${outcome.done} in ${seconds.toFixed(1)} s: ${outcome.reason}`
          : `no change: ${outcome.reason}`,
      );
    } else if (action === 'restore') return restore(pipeline, out);
    else
      throw new UsageError(
        `ACTION is "${action}"; allowed are restore, start and stop; without it the command shows the status.`,
      );
    return ExitCode.Ok;
  },
};

/** Starts a run that restores the endpoint, and shows it. */
async function restore(pipeline: Pipeline, out: Output): Promise<ExitCode> {
  const { sfn, outputs } = pipeline;
  const runId = runName(new Date());
  const executionArn = await startRun(sfn, {
    stateMachineArn: outputs.StateMachineArn,
    name: runId,
    input: { restore: true },
  });
  out.event({ event: 'started', runId, executionArn }, runId);
  return followRun(pipeline, out, runId);
}

async function show({ sagemaker, outputs }: Pipeline) {
  const { EndpointName } = outputs;
  const found = await findEndpoint(sagemaker, EndpointName);
  const status = found?.EndpointStatus ?? null;
  const configuration = found?.EndpointConfigName ?? null;
  return {
    endpoint: EndpointName,
    status,
    configuration,
    message: found
      ? `${EndpointName} is ${status} on ${configuration}`
      : absence(outputs, Date.now()).replace(/\.$/, ''),
  };
}
