import { notSupported, ServiceError } from '../../model/errors';
import type { Operations } from '../../core/service';
import type { FunctionRecord, Functions } from './functions';
import type { Invoker } from './invoker';
import { constraint, invalidParameter } from './settings';

/** Lambda keeps this many of the account's concurrent executions for functions that reserve none. */
const MIN_UNRESERVED = 100;

/** Operations that reserve concurrent executions for a function. */
export function concurrencyOperations(
  functions: Functions,
  invoker: Invoker,
  accountLimit: number,
): Operations<'lambda'> {
  function reserve(fn: FunctionRecord, reserved: number | undefined): void {
    if (reserved === undefined) delete fn.reserved;
    else fn.reserved = reserved;
    invoker.reserve(fn);
    functions.changed(fn);
  }

  /** @throws ServiceError InvalidParameterValueException */
  function checkUnreserved(fn: FunctionRecord, wanted: number): void {
    const others = functions.all().filter(({ name }) => name !== fn.name);
    const reserved = others.reduce((sum, each) => sum + (each.reserved ?? 0), wanted);
    const least = Math.min(MIN_UNRESERVED, accountLimit);
    if (reserved === 0 || accountLimit - reserved >= least) return;
    // As AWS's answers read in reports of failed deployments; new accounts have a lower minimum than 100.
    throw invalidParameter(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
    );
  }

  return {
    async PutFunctionConcurrency({ FunctionName = '', ReservedConcurrentExecutions = 0 }) {
      const fn = functions.get(FunctionName);
      if (ReservedConcurrentExecutions < 0) {
        const rule = 'Member must have value greater than or equal to 0';
        throw constraint(ReservedConcurrentExecutions, 'reservedConcurrentExecutions', rule);
      }
      checkUnreserved(fn, ReservedConcurrentExecutions);
      reserve(fn, ReservedConcurrentExecutions);
      return { ReservedConcurrentExecutions };
    },

    async GetFunctionConcurrency({ FunctionName = '' }) {
      return { ReservedConcurrentExecutions: functions.get(FunctionName).reserved };
    },

    async DeleteFunctionConcurrency({ FunctionName = '' }) {
      reserve(functions.get(FunctionName), undefined);
      return {};
    },
  };
}

/** Operations on the tags of functions. */
export function tagOperations(functions: Functions): Operations<'lambda'> {
  function tagged(arn: string): FunctionRecord {
    if (!/^arn:aws[a-z-]*:lambda:[^:]*:\d{12}:function:[^:]+$/.test(arn))
      throw notSupported(`tags of '${arn}'`, "Give a function's ARN.");
    const fn = functions.all().find((each) => each.arn === arn);
    if (fn) return fn;
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`);
  }

  return {
    async TagResource({ Resource = '', Tags = {} }) {
      const fn = tagged(Resource);
      fn.tags = { ...fn.tags, ...Tags };
      functions.changed(fn);
      return {};
    },

    async UntagResource({ Resource = '', TagKeys = [] }) {
      const fn = tagged(Resource);
      fn.tags = Object.fromEntries(Object.entries(fn.tags).filter(([key]) => !TagKeys.includes(key)));
      functions.changed(fn);
      return {};
    },

    async ListTags({ Resource = '' }) {
      return { Tags: tagged(Resource).tags };
    },
  };
}
