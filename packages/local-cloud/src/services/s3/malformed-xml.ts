import { ServiceError } from '../../model/errors';

/** Returns S3's error for a document that does not have the form of its schema. */
export function malformedXml(): ServiceError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema';
  return new ServiceError('MalformedXML', message, { status: 400 });
}
