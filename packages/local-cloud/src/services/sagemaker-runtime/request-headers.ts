/** The headers of an invocation, synchronous or asynchronous. */
export interface RequestFacts {
  ContentType?: string;
  Accept?: string;
  CustomAttributes?: string;
}

/** Returns the headers that SageMaker sends to a container. */
export function containerHeaders({
  ContentType,
  Accept,
  CustomAttributes,
}: RequestFacts): Record<string, string> {
  return {
    'content-type': ContentType ?? 'application/octet-stream',
    accept: Accept ?? '*/*',
    ...(CustomAttributes !== undefined && { 'x-amzn-sagemaker-custom-attributes': CustomAttributes }),
  };
}
