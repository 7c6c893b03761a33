import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { pipelineId, resourcePrefix, type PipelineConfig } from '../lib/config';
import { OperatorError, UsageError } from './errors';
import { findStack } from './stack';

/** Stack outputs that commands use. */
export interface Outputs {
  readonly ArtifactsBucketName: string;
  readonly DataBucketName: string;
  readonly StateMachineArn: string;
  readonly EndpointName: string;
  readonly ModelPackageGroupName: string;
  /** Absent for batch serving. */
  readonly PredictUrl?: string;
  readonly ApiKeyId?: string;
  /** Commit of the deployed code; absent from stacks of version 1.0. */
  readonly GitCommit?: string;
  /** Only with scaling. */
  readonly ScaleFunctionName?: string;
  /** Only with automatic triggers. */
  readonly ScheduleGroup?: string;
  /** Only with working hours. */
  readonly WorkingHoursFunctionName?: string;
  /** The working hours, as JSON. */
  readonly WorkingHoursOfEndpoint?: string;
}

interface StackOutputs {
  readonly always: readonly (keyof Outputs)[];
  /** Outputs that depend on the configuration. */
  readonly perhaps?: readonly (keyof Outputs)[];
  /** True if only some kinds of serving have the stack. */
  readonly optional?: boolean;
}

/** Outputs by stack (`lib/stacks/`). */
const OUTPUTS: Readonly<Record<string, StackOutputs>> = {
  Storage: { always: ['ArtifactsBucketName', 'DataBucketName', 'ModelPackageGroupName'] },
  Pipeline: {
    always: ['StateMachineArn', 'EndpointName'],
    perhaps: [
      ...(['GitCommit', 'ScaleFunctionName', 'ScheduleGroup'] as const),
      ...(['WorkingHoursFunctionName', 'WorkingHoursOfEndpoint'] as const),
    ],
  },
  Inference: { always: ['PredictUrl', 'ApiKeyId'], optional: true },
};

export type Variables = Readonly<Record<string, string | undefined>>;

/** Returns true if the SDK's clients call this machine. */
export function isLocal({ AWS_ENDPOINT_URL }: Variables): boolean {
  if (!AWS_ENDPOINT_URL || !URL.canParse(AWS_ENDPOINT_URL)) return false;
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(AWS_ENDPOINT_URL).hostname);
}

/**
 * Returns the environment: the flag, else MLOPS_ENVIRONMENT, else `local` on the local cloud and `dev` in AWS.
 *
 * @throws UsageError for an invalid name
 */
export function chooseEnvironment(flag: string | undefined, variables: Variables): string {
  const [field, value] =
    flag === undefined ? ['MLOPS_ENVIRONMENT', variables.MLOPS_ENVIRONMENT] : ['--environment', flag];
  if (!value && flag === undefined) return isLocal(variables) ? 'local' : 'dev';
  if (value && /^[a-z][a-z0-9-]*$/.test(value)) return value;
  throw new UsageError(
    `${field} is "${value}"; allowed are lower-case letters, digits and hyphens; use a place of mlops.config.ts, such as dev.`,
  );
}

/**
 * Reads the outputs of the pipeline's stacks.
 *
 * @throws OperatorError if a stack or an output is missing
 */
export async function findOutputs(client: CloudFormationClient, config: PipelineConfig): Promise<Outputs> {
  const found = await Promise.all(
    Object.entries(OUTPUTS).map(([stack, wanted]) => outputsOf(client, config, stack, wanted)),
  );
  return Object.assign({}, ...found) as Outputs;
}

async function outputsOf(
  client: CloudFormationClient,
  config: PipelineConfig,
  stack: string,
  { always, perhaps = [], optional = false }: StackOutputs,
): Promise<Partial<Outputs>> {
  const StackName = `${resourcePrefix(config)}-${stack}`;
  const deploy = `deploy it with npx cdk deploy '${pipelineId(config)}/*', or set another pipeline with --environment and --model.`;
  const found = await findStack(client, StackName);
  if (!found) {
    if (optional) return {};
    throw new OperatorError(
      `pipeline "${pipelineId(config)}" has no stack "${StackName}" in ${await client.config.region()}; ${deploy}`,
    );
  }
  const values = new Map(found.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const missing = always.find((name) => !values.has(name));
  if (missing) throw new OperatorError(`stack "${StackName}" has no output ${missing}; ${deploy}`);
  return Object.fromEntries([...always, ...perhaps].map((name) => [name, values.get(name)]));
}

/**
 * Returns the URL for predictions. In AWS it is the stack's output; the local cloud serves the same path at
 * MLOPS_API_URL.
 *
 * @throws OperatorError if there is no API, or MLOPS_API_URL is not set on the local cloud
 */
export function predictUrl({ PredictUrl }: Pick<Outputs, 'PredictUrl'>, variables: Variables): string {
  if (!PredictUrl)
    throw new OperatorError(
      'this environment has no API, because endpoint.serving.kind is "batch"; upload files below the serving prefix of the data bucket, and start a run.',
    );
  if (!isLocal(variables)) return PredictUrl;
  const { MLOPS_API_URL } = variables;
  if (!MLOPS_API_URL || !URL.canParse(MLOPS_API_URL))
    throw new OperatorError(
      `MLOPS_API_URL is "${MLOPS_API_URL ?? ''}"; on the local cloud it must be the URL of the APIs; set it to the URL that npm start or npm run cloud printed, e.g. http://127.0.0.1:8788.`,
    );
  const { host, pathname } = new URL(PredictUrl);
  return new URL(`/${host.split('.')[0]}${pathname}`, MLOPS_API_URL).href;
}
