import { Argument, Command, InvalidArgumentError } from 'commander';
import { STRATEGIES, type StrategyName } from './strategies';

/** Options of `npm run bench:deployments -- …`. */
export interface Flags {
  strategies: StrategyName[];
  /** Requests per second. */
  rate: number;
  /** Seconds of load before the run. */
  before: number;
  /** File for the numbers as JSON. */
  json?: string;
}

const NAMES = Object.keys(STRATEGIES) as StrategyName[];

/** Parses the options. @throws CommanderError, after printing the invalid option */
export function parseFlags(argv: readonly string[]): Flags {
  const program = new Command('npm run bench:deployments --')
    .description('Measures deployments and a rollback while the API is under a steady load.')
    .addArgument(new Argument('[strategies...]', 'what to measure').choices(NAMES).default(NAMES))
    .option('--rate <number>', 'requests per second, 1 to 1000', number(1, 1_000), 50)
    .option('--before <seconds>', 'seconds of load before the run, 5 to 600', number(5, 600), 30)
    .option('--json <file>', 'also write the numbers into a file');
  program.parse([...argv], { from: 'user' });
  return {
    strategies: program.processedArgs[0] as StrategyName[],
    ...program.opts<Omit<Flags, 'strategies'>>(),
  };
}

function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`"${text}" is not a number from ${min} to ${max}.`);
  };
}
