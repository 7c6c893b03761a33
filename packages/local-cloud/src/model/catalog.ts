/**
 * The SDK's client of each service, by the SDK's service id in lower case without spaces: the name that Step Functions'
 * `arn:aws:states:::aws-sdk:<service>:<action>` integrations use too. Each service adds its own by declaration merging.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Sdk {}

export type ServiceId = keyof Sdk;

export type ProtocolName = 'awsJson1_0' | 'awsJson1_1' | 'awsQuery' | 'ec2Query' | 'restJson1' | 'restXml';

/** Facts about a service that the SDK's exported schemas do not contain. */
export interface ServiceFacts {
  /** The package that holds the schemas of every request and answer. */
  package: string;
  /** The service's name in SigV4 scopes. */
  signingName: string;
  /** The prefix of its actions in IAM policies. */
  iamPrefix: string;
  protocol: ProtocolName;
  /** The part of `X-Amz-Target` before the dot (JSON protocols). */
  target?: string;
  /** The namespace of its XML documents. */
  xmlNamespace?: string;
  /** The API version a Query request names. */
  version?: string;
  /** The error code for input that misses a required field or has an unknown one. */
  invalidInput: string;
  /** True for a service that formerly used awsQuery, and sends the old error codes in `x-amzn-query-error`. */
  queryCompatible?: boolean;
}
