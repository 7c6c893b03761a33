import { Command, InvalidArgumentError, Option } from 'commander';
import { ENGINES, type EngineName } from 'local-cloud';
import { whole } from '../cli/command';

/** Flags of `npm start -- …`. */
export interface Flags {
  /** Exit after the run, even in a terminal. */
  once: boolean;
  /** Keep serving, even without a terminal. */
  keep: boolean;
  /** File or folder of data files; undefined for the sample data. */
  data?: string;
  /** Schema file; without it, the schema is inferred for `label`. */
  schema?: string;
  /** Column to predict, without a schema. */
  label?: string;
  /** Model of the project; default: its first one. */
  model?: string;
  /** Thresholds that replace the configured gate, e.g. `f1=0.75`. */
  gate?: string;
  /** Hyperparameters by name, as text; the pipeline validates them. */
  set: Record<string, string>;
  /** Train even if nothing changed. */
  force: boolean;
  /** Delete the state of earlier runs first. */
  fresh: boolean;
  /** Number of Spot interruptions of the training job. */
  interruptTraining: number;
  /** File of a plan of faults. */
  faults?: string;
  /** What runs the jobs, the endpoint and the image builds. */
  engine: EngineName;
  /** Port of the prediction API; 0 is any free one. */
  port: number;
  /** Folder of the state. */
  state: string;
}

const EXAMPLES = `
Examples:
  npm start                                   train on the sample data and serve the model
  npm start -- --force                        train even if nothing changed
  npm start -- --set training.epochs=5        with another hyperparameter
  npm start -- --data my-table.csv --label churned      your own table
  npm start -- --data examples/iris/data --schema examples/iris/schema.json
  npm start -- --model images                 another model of the project
  npm start -- --gate METRIC=0.75             with another threshold, on this machine only
  npm start -- --once --fresh --interrupt-training 2
  npm start -- --engine docker --state .local/docker    build and run the real images

Files:
  .local/last-run.json     result of the run
  .local/cloud/mail/       mails to the team
`;

/** Parses the command line. @throws CommanderError, after it has printed the error */
export function parseFlags(argv: readonly string[]): Flags {
  const program = new Command('npm start --')
    .description('Runs the whole pipeline on this machine, with the templates that cdk deploy deploys.')
    .addOption(new Option('--once', 'exit after the run (the default without a terminal)').conflicts('keep'))
    .option('--keep', 'keep serving after the run (the default in a terminal)')
    .option(
      '--data <path>',
      'file or folder to train on; for a table CSV, Parquet or JSON lines (default: the sample data)',
    )
    .option('--model <name>', 'model of mlops.config.ts (default: its first one)')
    .option('--schema <file>', 'JSON file that describes the columns')
    .option('--label <column>', 'column to predict; the schema is inferred and written to a file')
    .option('--gate <metric=threshold>', 'replace the configured gate; may be repeated', collectGate)
    .option('--set <name=value>', 'override a hyperparameter; may be repeated', collectSetting)
    .option('--force', 'train even if nothing changed', false)
    .option('--fresh', 'delete the state of earlier runs first', false)
    .option(
      '--interrupt-training <count>',
      'number of Spot interruptions of the training job',
      whole(0, 20),
      0,
    )
    .option(
      '--faults <file>',
      'JSON file that says what fails in the run: packages/local-cloud/docs/faults.md',
    )
    .addOption(
      new Option('--engine <name>', 'run containers as processes, or with the Docker engine of this machine')
        .choices(ENGINES)
        .default('process'),
    )
    .option('--port <number>', 'port of the prediction API', whole(0, 65_535), 8787)
    .addOption(new Option('--state <dir>', 'folder of the state').default('.local'))
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false);
  program.parse([...argv], { from: 'user' });
  const { once = false, keep = false, set = {}, ...options } = program.opts<Partial<Flags>>();
  return { once, keep, set, ...options } as Flags;
}

/** Whether the metrics exist is checked with the model, whose configuration is read later. */
function collectGate(text: string, before?: string): string {
  if (!/^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$/.test(text)) {
    throw new InvalidArgumentError(`"${text}" is not of the form metric=threshold.`);
  }
  return before === undefined ? text : `${before},${text}`;
}

function collectSetting(text: string, settings: Record<string, string> = {}): Record<string, string> {
  const match = /^([\w.]+)=(.+)$/.exec(text);
  if (!match)
    throw new InvalidArgumentError(`"${text}" is not of the form name=value, e.g. training.epochs=5.`);
  return { ...settings, [match[1]!]: match[2]! };
}
