import type { CommandDescription, CommonOptions } from '../command';
import { findEndpoint } from '../endpoint';
import { ExitCode, UsageError } from '../errors';
import type { Pipeline } from '../pipeline';
import { absence, switchEndpoint } from '../working-hours';

export const endpoint: CommandDescription<CommonOptions> = {
  usage: 'endpoint [ACTION]',
  summary: 'Shows whether the endpoint is in service; "start" and "stop" do so outside of its working hours.',
  examples: [
    ['endpoint', 'its status and configuration, or when it is started again'],
    ['endpoint start', 'brings the champion back now; the next stop of the working hours ends that'],
    ['endpoint stop', 'removes it until the working hours begin again'],
  ],
  action: async (pipeline, out, _, action = 'show') => {
    if (action === 'show') {
      const found = await show(pipeline);
      out.result(found, () => found.message);
    } else if (action === 'start' || action === 'stop') {
      const started = performance.now();
      const outcome = await switchEndpoint(pipeline, action);
      const seconds = (performance.now() - started) / 1000;
      out.result({ ...outcome, seconds }, () =>
        outcome.done
          ? `${outcome.done} in ${seconds.toFixed(1)} s: ${outcome.reason}`
          : `nothing done: ${outcome.reason}`,
      );
    } else
      throw new UsageError(`ACTION is "${action}"; allowed are start and stop; leave it out to look only.`);
    return ExitCode.Ok;
  },
};

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
