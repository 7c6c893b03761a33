import { Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from './errors';
import type { Output } from './output';
import type { Pipeline } from './pipeline';

/** What a command does. @returns what the process ends with */
export type Action<O> = (
  pipeline: Pipeline,
  out: Output,
  options: O,
  argument: string | undefined,
) => Promise<ExitCode>;

/** What a command does that needs the configuration alone, and no stack. */
export interface AloneAction<O> {
  readonly alone: (
    environment: string,
    out: Output,
    options: O,
    argument: string | undefined,
  ) => Promise<ExitCode>;
}

/** Has an action done with what the command line says; the program's tests look at it instead. */
export type Perform = <O extends CommonOptions>(
  action: Action<O> | AloneAction<O>,
  options: O,
  argument: string | undefined,
) => Promise<void>;

/** What every command knows. */
export interface CommonOptions {
  environment?: string;
  json?: boolean;
}

export interface CommandDescription<O extends CommonOptions> {
  /** Name and argument, e.g. `status [RUN]`. */
  readonly usage: string;
  readonly summary: string;
  /** Command lines without `npx mlops`, and what each does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly options?: (command: Command) => Command;
  readonly action: Action<O> | AloneAction<O>;
}

/** A command as commander knows it, with what all have in common. */
export function command<O extends CommonOptions>(
  { usage, summary, examples, options = (it) => it, action }: CommandDescription<O>,
  perform: Perform,
): Command {
  const [name = '', argument] = usage.split(' ');
  const made = new Command(name).description(summary);
  if (argument) made.argument(argument);
  options(made)
    .option('--environment <name>', 'environment to work on (default: local on the local cloud, dev in AWS)')
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

/** Parser of a repeatable `name=value`; a name that comes twice is refused. */
export function collect(example: string) {
  return (text: string, before: Record<string, string> = {}): Record<string, string> => {
    const [, name, value] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new InvalidArgumentError(`"${text}" is not of the form name=value; write e.g. ${example}.`);
    if (Object.hasOwn(before, name))
      throw new InvalidArgumentError(`"${name}" stands there twice; allowed is one value a name.`);
    return { ...before, [name]: value };
  };
}

/** Parser of a whole number in limits. */
export function whole(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`"${text}" is not a whole number from ${min} to ${max}; give one.`);
  };
}
