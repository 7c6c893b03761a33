import { Command, InvalidArgumentError } from 'commander';

/** Options of `local-cloud`. */
export interface Flags {
  /** Port of AWS's APIs. */
  port: number;
  /** Port of the REST APIs that are deployed. */
  apiPort: number;
  /** Where the cloud keeps its state. */
  state: string;
  /** Forget everything below the state directory first. */
  fresh: boolean;
  /** Instances by the name of SageMaker's quota. */
  quota: Record<string, number>;
}

const HELP = `
Port 0 is any free one. The state outlives the cloud: what was deployed is there when it starts again.
`;

/** @throws CommanderError, after printing what is wrong with which flag */
export function parseFlags(argv: readonly string[]): Flags {
  const program = new Command('local-cloud')
    .description('Starts the local cloud alone, ready for the CDK CLI, the AWS CLI and every SDK.')
    .option('--port <number>', "port of AWS's APIs", port, 4577)
    .option('--api-port <number>', 'port of the REST APIs that are deployed', port, 8788)
    .option('--state <dir>', 'folder of the state', '.local/account')
    .option(
      '--quota <name=number>',
      'instances that SageMaker may run, such as "ml.m5.large for spot training job usage=0" (repeatable; 20 of each else)',
      quota,
      {},
    )
    .option('--fresh', 'forget the state of earlier runs first', false)
    .addHelpText('after', HELP)
    .allowExcessArguments(false);
  return program.parse([...argv], { from: 'user' }).opts<Flags>();
}

function quota(text: string, before: Record<string, number>): Record<string, number> {
  const [, name, value] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
  if (name === undefined) {
    throw new InvalidArgumentError(
      `"${text}" is not of the form name=number; write e.g. "ml.m5.large for spot training job usage=0".`,
    );
  }
  return { ...before, [name]: Number(value) };
}

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError(`"${text}" is not a whole number from 0 to 65535.`);
}
