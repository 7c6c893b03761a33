import { Command, InvalidArgumentError } from 'commander';
import type { PipelineChoice } from '../lib/config/find';
import type { ExitCode } from './errors';
import type { Output } from './output';
import type { Pipeline } from './pipeline';

/** The work of a command. @returns the exit code */
export type Action<O> = (
  pipeline: Pipeline,
  out: Output,
  options: O,
  argument: string | undefined,
) => Promise<ExitCode>;

/** The work of a command that needs the configuration only, and no deployed stack. */
export interface AloneAction<O> {
  readonly alone: (
    choice: PipelineChoice,
    out: Output,
    options: O,
    argument: string | undefined,
  ) => Promise<ExitCode>;
}

/** Runs an action with the parsed command line. */
export type Perform = <O extends CommonOptions>(
  action: Action<O> | AloneAction<O>,
  options: O,
  argument: string | undefined,
) => Promise<void>;

/** Options of every command. */
export interface CommonOptions {
  environment?: string;
  model?: string;
  json?: boolean;
}

export interface CommandDescription<O extends CommonOptions> {
  /** Name and argument, e.g. `status [RUN]`. */
  readonly usage: string;
  readonly summary: string;
  /** Command lines without `npx mlops`, each with a description. */
  readonly examples: readonly (readonly [string, string])[];
  readonly options?: (command: Command) => Command;
  readonly action: Action<O> | AloneAction<O>;
}

/** Returns the commander command, with the common options. */
export function command<O extends CommonOptions>(
  { usage, summary, examples, options = (it) => it, action }: CommandDescription<O>,
  perform: Perform,
): Command {
  const [name = '', argument] = usage.split(' ');
  const made = new Command(name).description(summary);
  if (argument) made.argument(argument);
  options(made)
    .option('--environment <name>', 'environment (default: local on the local cloud, dev in AWS)')
    .option('--model <name>', 'model (default: the first one of mlops.config.ts)')
    .option('--json', 'print JSON and nothing else')
    .addHelpText('after', `\nExamples:\n${exampleLines(examples)}`)
    .allowExcessArguments(false)
    .action(async (...given: unknown[]) => {
      const self = given.at(-1) as Command;
      await perform(action, self.opts<O>(), self.processedArgs[0] as string | undefined);
    });
  return made;
}

function exampleLines(examples: readonly (readonly [string, string])[]): string {
  const lines = examples.map(([line, does]) => [`npx mlops ${line}`, does] as const);
  const width = Math.max(...lines.map(([line]) => line.length));
  return lines.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`).join('\n');
}

/** Returns a parser of a repeatable `name=value` option, which rejects a repeated name. */
export function collect(example: string) {
  return (text: string, before: Record<string, string> = {}): Record<string, string> => {
    const [, name, value] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new InvalidArgumentError(`"${text}" is not of the form name=value, e.g. ${example}.`);
    if (Object.hasOwn(before, name))
      throw new InvalidArgumentError(`"${name}" was given twice; give each name once.`);
    return { ...before, [name]: value };
  };
}

/** Headers that requests to the API have in any case. */
const OWN_HEADERS = ['accept', 'content-type', 'x-api-key'];

/** Parses a repeatable `Name: value` option into headers by name in lower case, and rejects a repeated name. */
export function collectHeader(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, given = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\x20-\x7e]*)$/.exec(text) ?? [];
  const name = given.toLowerCase();
  if (name === '')
    throw new InvalidArgumentError(
      `"${text}" is not of the form "Name: value", e.g. "Authorization: token".`,
    );
  if (OWN_HEADERS.includes(name)) throw new InvalidArgumentError(`"${given}" is set by the command itself.`);
  if (Object.hasOwn(before, name))
    throw new InvalidArgumentError(`"${given}" was given twice; give each name once.`);
  return { ...before, [name]: value };
}

/** Returns a parser of a whole number within limits. */
export function whole(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`"${text}" is not a whole number from ${min} to ${max}.`);
  };
}
