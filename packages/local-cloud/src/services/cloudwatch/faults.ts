import { ServiceError } from '../../model/errors';

/** What CloudWatch answers to a value that it does not take. */
export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

/** What it answers to parameters that exclude each other. */
export function conflicting(message: string): ServiceError {
  return new ServiceError('InvalidParameterCombinationException', message);
}
