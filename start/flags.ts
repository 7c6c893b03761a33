import { Command, InvalidArgumentError, Option } from 'commander';
import { parseGate } from '../lib/config';

/** What `npm start -- …` was asked for. */
export interface Flags {
  /** End after the run, even in a terminal. */
  once: boolean;
  /** Stay and serve, even without a terminal. */
  keep: boolean;
  /** File or folder of data files; undefined for the sample data. */
  data?: string;
  /** Description of their columns; without it, it is inferred for `label`. */
  schema?: string;
  /** Column to predict, where there is no schema. */
  label?: string;
  /** Thresholds in place of the configured gate, e.g. `accuracy=0.75`. */
  gate?: string;
  /** Hyperparameters by name, as text: the pipeline validates them. */
  set: Record<string, string>;
  /** Train even if nothing changed. */
  force: boolean;
  /** Forget everything below the state directory first. */
  fresh: boolean;
  /** Spot interruptions of the training job. */
  interruptTraining: number;
  /** Port of the prediction API; 0 is any free one. */
  port: number;
  /** Where the local cloud keeps its state. */
  state: string;
}

const EXAMPLES = `
Examples:
  npm start                                   the sample data, from nothing to a served model
  npm start -- --force                        train a challenger although nothing changed
  npm start -- --set training.epochs=5        with another hyperparameter
  npm start -- --data my-table.csv --label churned      a table of your own
  npm start -- --data examples/iris/data --schema examples/iris/schema.json
  npm start -- --gate accuracy=0.75           with another threshold, on this machine only
  npm start -- --once --fresh --interrupt-training 2

Files:
  .local/last-run.json     the run in numbers
  .local/cloud/mail/       what the team would have been sent
`;

/** @throws CommanderError, after printing what is wrong with which flag */
export function parseFlags(argv: readonly string[]): Flags {
  const program = new Command('npm start --')
    .description('Runs the whole pipeline on this machine, from the templates that cdk deploy would ship.')
    .addOption(new Option('--once', 'end after the run (the default without a terminal)').conflicts('keep'))
    .option('--keep', 'stay and serve after the run (the default in a terminal)')
    .option(
      '--data <path>',
      'file or folder to train on: CSV, Parquet or JSON lines (default: the sample data)',
    )
    .option('--schema <file>', 'JSON file that describes the columns')
    .option('--label <column>', 'column to predict; the schema is inferred and written to a file')
    .option('--gate <metric=threshold>', 'in place of the configured gate; may be repeated', collectGate)
    .option('--set <name=value>', 'override a hyperparameter; may be repeated', collectSetting)
    .option('--force', 'train even if nothing changed', false)
    .option('--fresh', 'forget the state of earlier runs first', false)
    .option('--interrupt-training <count>', 'reclaim the Spot instance that many times', count(0, 20), 0)
    .option('--port <number>', 'port of the prediction API', count(0, 65_535), 8787)
    .addOption(new Option('--state <dir>', 'folder of the state').default('.local'))
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false);
  program.parse([...argv], { from: 'user' });
  const { once = false, keep = false, set = {}, ...options } = program.opts<Partial<Flags>>();
  return { once, keep, set, ...options } as Flags;
}

function collectGate(text: string, before?: string): string {
  try {
    parseGate(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return before === undefined ? text : `${before},${text}`;
}

function collectSetting(text: string, settings: Record<string, string> = {}): Record<string, string> {
  const match = /^([\w.]+)=(.+)$/.exec(text);
  if (!match)
    throw new InvalidArgumentError(`"${text}" is not of the form name=value, e.g. training.epochs=5.`);
  return { ...settings, [match[1]!]: match[2]! };
}

function count(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`"${text}" is not a whole number from ${min} to ${max}.`);
  };
}
