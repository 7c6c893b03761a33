import { notSupported, ServiceError } from '../../../model/errors';

/** Items of a page, where the request has no limit. */
export const PAGE = 25;

export function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new ServiceError('NotFoundException', message);
  return value;
}

export function badRequest(message: string): ServiceError {
  return new ServiceError('BadRequestException', message);
}

/** Refuses by name the members that would change the behavior of the API. */
export function refuse(input: object, members: readonly string[]): void {
  for (const name of members) {
    const value = (input as Record<string, unknown>)[name];
    if (value === undefined || value === false || (name === 'apiKeySource' && value === 'HEADER')) continue;
    throw notSupported(`${name} of API Gateway (${JSON.stringify(value)})`, 'Leave it out.');
  }
}
