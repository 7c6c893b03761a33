import { Command, InvalidArgumentError, Option } from 'commander';
import { ENGINES, type EngineName } from '../containers/engine';

/** The options of `local-cloud`. */
export interface Flags {
  /** The port of AWS's APIs. */
  port: number;
  /** The port of the deployed REST APIs. */
  apiPort: number;
  /** The directory of the cloud's state. */
  state: string;
  /** Removes the contents of the state directory first. */
  fresh: boolean;
  /** What runs containers. */
  engine: EngineName;
  /** File of a plan of faults. */
  faults?: string;
  /** Instances by the name of SageMaker's quota. */
  quota: Record<string, number>;
}

const HELP = `
Port 0 is any free port. The state outlives the cloud: deployed stacks are available when it starts again.
`;

/**
 * Parses the flags.
 *
 * @throws CommanderError, after it has printed what is wrong with which flag
 */
export function parseFlags(argv: readonly string[]): Flags {
  const program = new Command('local-cloud')
    .description('Starts the local cloud alone, ready for the CDK CLI, the AWS CLI and every SDK.')
    .option('--port <number>', "port of AWS's APIs", port, 4577)
    .option('--api-port <number>', 'port of the deployed REST APIs', port, 8788)
    .option('--state <dir>', 'directory of the state', '.local/account')
    .option(
      '--quota <name=number>',
      'instances that SageMaker may run, such as "ml.m5.large for spot training job usage=0" (repeatable; 20 of each other)',
      quota,
      {},
    )
    .addOption(
      new Option('--engine <name>', 'run containers as processes, or with the Docker engine of this machine')
        .choices(ENGINES)
        .default('process'),
    )
    .option('--faults <file>', 'JSON file that says what fails, how and when: docs/faults.md')
    .option('--fresh', 'remove the state of earlier runs first', false)
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
