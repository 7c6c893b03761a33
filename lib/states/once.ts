import { jsonata, type Expression } from './jsonata';

/**
 * Expression: how often the execution was redriven. Whether the context of one that never was has `RedriveCount` is not
 * documented.
 */
export const REDRIVES =
  '($exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0)';

/**
 * Returns a token with which a service has a request once, however often it is sent: 32 hexadecimal digits. A redrive
 * sends a new request.
 *
 * @param what distinguishes the requests of a run
 */
export function onceInRun(what: string): Expression {
  // The name of an execution can be used again after 90 days.
  const { id, start } = { id: '$states.context.Execution.Id', start: '$states.context.Execution.StartTime' };
  return jsonata(`$hash(${id} & ${start} & '${what}' & ${REDRIVES}, 'MD5')`);
}
