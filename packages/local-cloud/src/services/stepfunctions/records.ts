import type {
  EncryptionConfiguration,
  LoggingConfiguration,
  Tag,
  TracingConfiguration,
} from '@aws-sdk/client-sfn';

/** An execution as stored; times in milliseconds since the epoch. */
export interface ExecutionRecord {
  arn: string;
  stateMachineArn: string;
  name: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  startDate: number;
  stopDate?: number;
  input: string;
  output?: string;
  error?: string;
  cause?: string;
  /** The state machine's revision at the start; undefined in executions of a local cloud without redrive. */
  revision?: string;
  /** Number of history events when it stopped. */
  events?: number;
  redriveCount?: number;
  redriveDate?: number;
  /** The client tokens of the latest redrives. */
  redriveTokens?: RedriveToken[];
}

export interface RedriveToken {
  token: string;
  /** The redrive's date. */
  date: number;
}

export interface MachineRecord {
  arn: string;
  name: string;
  definition: string;
  roleArn: string;
  created: number;
  updated: number;
  revision: string;
  /** True after the first update: until then AWS returns no revisionId. */
  revised?: boolean;
  loggingConfiguration?: LoggingConfiguration;
  tracingConfiguration?: TracingConfiguration;
  tags: Tag[];
}

/**
 * The configurations that AWS returns if the request has none: `create_exact_duplicate_sm` in
 * https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/stepfunctions/v2/test_sfn_api.snapshot.json
 * and, for the encryption, the recording that `Visit.assign` of the interpreter names.
 */
export const DEFAULT_LOGGING: LoggingConfiguration = { level: 'OFF', includeExecutionData: false };
export const DEFAULT_TRACING: TracingConfiguration = { enabled: false };
export const ENCRYPTION: EncryptionConfiguration = { type: 'AWS_OWNED_KEY' };
