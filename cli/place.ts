import {
  CloudFormationClient,
  DescribeStacksCommand,
  type DescribeStacksCommandOutput,
} from '@aws-sdk/client-cloudformation';
import { capitalise } from '../lib/text';
import { OperatorError, UsageError } from './errors';

/** The stacks' outputs that commands use. */
export interface Outputs {
  readonly ArtifactsBucketName: string;
  readonly StateMachineArn: string;
  readonly EndpointName: string;
  readonly PredictUrl: string;
  readonly ApiKeyId: string;
}

/** Which stack has which output (`lib/stacks/`). */
const OUTPUTS: Readonly<Record<string, readonly (keyof Outputs)[]>> = {
  Storage: ['ArtifactsBucketName'],
  Pipeline: ['StateMachineArn', 'EndpointName'],
  Inference: ['PredictUrl', 'ApiKeyId'],
};

export type Variables = Readonly<Record<string, string | undefined>>;

/** Whether the SDK's clients are told to talk to this machine. */
export function isLocal({ AWS_ENDPOINT_URL }: Variables): boolean {
  if (!AWS_ENDPOINT_URL || !URL.canParse(AWS_ENDPOINT_URL)) return false;
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(AWS_ENDPOINT_URL).hostname);
}

/**
 * The environment to work on: the flag, else MLOPS_ENVIRONMENT, else `local` on the local cloud and `dev` in AWS.
 *
 * @throws UsageError for what cannot be the name of one
 */
export function chooseEnvironment(flag: string | undefined, variables: Variables): string {
  const [field, value] =
    flag === undefined ? ['MLOPS_ENVIRONMENT', variables.MLOPS_ENVIRONMENT] : ['--environment', flag];
  if (!value && flag === undefined) return isLocal(variables) ? 'local' : 'dev';
  if (value && /^[a-z][a-z0-9-]*$/.test(value)) return value;
  throw new UsageError(
    `${field} is "${value}"; allowed are lower-case letters, digits and hyphens; use a name that lib/config/ has, such as dev.`,
  );
}

/**
 * Reads names from the environment's stacks, so that nobody has to type one.
 *
 * @throws OperatorError where a stack or an output is missing
 */
export async function findOutputs(client: CloudFormationClient, environment: string): Promise<Outputs> {
  const found = await Promise.all(
    Object.entries(OUTPUTS).map(([stack, names]) => outputsOf(client, environment, stack, names)),
  );
  return Object.assign({}, ...found) as Outputs;
}

async function outputsOf(
  client: CloudFormationClient,
  environment: string,
  stack: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const StackName = `${capitalise(environment)}-${stack}`;
  const deploy = `deploy it with npx cdk deploy '${capitalise(environment)}/*', or choose another one with --environment.`;
  const { Outputs: outputs = [] } = await describe(client, StackName, environment, deploy);
  const values = new Map(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  return Object.fromEntries(
    names.map((name) => {
      const value = values.get(name);
      if (value === undefined)
        throw new OperatorError(`stack "${StackName}" has no output ${name}; ${deploy}`);
      return [name, value];
    }),
  );
}

async function describe(
  client: CloudFormationClient,
  StackName: string,
  environment: string,
  deploy: string,
): Promise<NonNullable<DescribeStacksCommandOutput['Stacks']>[number]> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0]!;
  } catch (error) {
    // CloudFormation says it with its general validation error.
    if (!(error as Error).message.includes('does not exist')) throw error;
    throw new OperatorError(
      `environment "${environment}" has no stack "${StackName}" in ${await client.config.region()}; ${deploy}`,
    );
  }
}

/**
 * Where to send a prediction. In AWS this is the API's own address; the local cloud serves the same path at an
 * address of its own, which it prints.
 *
 * @throws OperatorError where the local address is not known
 */
export function predictUrl({ PredictUrl }: Outputs, variables: Variables): string {
  if (!isLocal(variables)) return PredictUrl;
  const { MLOPS_API_URL } = variables;
  if (!MLOPS_API_URL || !URL.canParse(MLOPS_API_URL))
    throw new OperatorError(
      `MLOPS_API_URL is "${MLOPS_API_URL ?? ''}"; on the local cloud it has to be the address of its APIs; set it to what npm start or npm run cloud printed, e.g. http://127.0.0.1:8788.`,
    );
  const { host, pathname } = new URL(PredictUrl);
  return new URL(`/${host.split('.')[0]}${pathname}`, MLOPS_API_URL).href;
}
