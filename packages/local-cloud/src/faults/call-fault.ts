import { denialForm } from '../model/denial-form';
import { ServiceError } from '../model/errors';
import type { ServiceModel } from '../model/service-model';
import { callerGone, NoAnswer } from './no-answer';
import type { CallFault } from './rules';
import { serviceFault } from './service-errors';

/** A call with its fault. */
export interface FaultyCall {
  readonly fault: CallFault;
  readonly model: ServiceModel;
  readonly caller: { readonly principal: { readonly arn: string }; readonly signal?: AbortSignal };
  /** What the call needs; a denial names the first. */
  readonly permissions: readonly { readonly action: string; readonly resources: readonly string[] }[];
  /** Sets the clocks forward. */
  readonly jump: (seconds: number) => void;
}

/**
 * Answers a call as its fault wants it.
 *
 * @param run makes the call; it is not called where the fault comes first
 * @throws ServiceError as the service answers, or NoAnswer
 */
export async function callWithFault(call: FaultyCall, run: () => Promise<object>): Promise<object> {
  const { fault, model, caller } = call;
  if (typeof fault === 'object') {
    if ('clockJump' in fault) {
      call.jump(fault.clockJump);
      return run();
    }
    const { error, message = 'A rule of the fault plan.', status } = fault;
    throw new ServiceError(error, message, status === undefined ? {} : { status });
  }
  switch (fault) {
    case 'throttling':
    case 'internalError':
    case 'capacity':
      throw serviceFault(fault, model);
    case 'accessDenied':
      throw denial(call);
    case 'timeout':
      await callerGone(caller.signal);
      throw new NoAnswer('No answer came in time; the call had no effect.');
    case 'lostResponse':
      await run();
      throw new NoAnswer('The call took effect, and its answer was lost.');
  }
}

function denial({ model, caller: { principal }, permissions: [permission] }: FaultyCall): ServiceError {
  const { action, resources } = permission ?? { action: `${model.iamPrefix}:*`, resources: ['*'] };
  const [code, status] = denialForm(model.id);
  const why = `because no identity-based policy allows the ${action} action`;
  const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resources[0] ?? '*'} ${why}`;
  return new ServiceError(code, message, { status });
}
