import { ServiceError } from '../../model/errors';

/** CloudWatch's error for an invalid value. */
export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

/** CloudWatch's error for parameters that cannot be combined. */
export function conflicting(message: string): ServiceError {
  return new ServiceError('InvalidParameterCombinationException', message);
}
