import { ServiceError } from '../../core/errors';

export const invalid = (message: string) => new ServiceError('InvalidParameterException', message);
