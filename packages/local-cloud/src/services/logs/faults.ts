import { ServiceError } from '../../model/errors';

export const invalid = (message: string) => new ServiceError('InvalidParameterException', message);
