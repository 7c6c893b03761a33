import { CommanderError, type Command } from 'commander';
import { escapeLines } from '../containers/table/escape.ts';
import { explain, ExitCode, INTERRUPTED, OperatorError } from './errors';
import { configOf } from './configuration';
import { Output } from './output';
import { openPipeline } from './pipeline';
import { chooseEnvironment } from './environment';
import { buildProgram } from './program';

/**
 * Runs the operator's command line.
 *
 * @param argv arguments after the program's name
 * @returns exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.once('SIGINT', () => {
    process.stderr.write(INTERRUPTED);
    process.exit(ExitCode.Interrupted);
  });
  // A reader that stops reading, such as head, is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(ExitCode.Ok);
    throw error;
  });
  let code: number = ExitCode.Ok;
  const program = buildProgram(async (action, options, argument) => {
    const choice = {
      environment: chooseEnvironment(options.environment, process.env),
      model: options.model ?? process.env.MLOPS_MODEL,
    };
    const out = new Output(process.stdout, options.json ?? false);
    code =
      'alone' in action
        ? await action.alone(choice, out, options, argument)
        : await action(await openPipeline(await configOf(choice), process.env), out, options, argument);
  });
  for (const each of [program, ...program.commands]) throwing(each);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed the message. --help is a success; help shown for a missing command is not.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
    process.stderr.write(`mlops: ${escapeLines(explain(error))}\n`);
    return error instanceof OperatorError ? error.exitCode : ExitCode.Failed;
  }
}

function throwing(command: Command): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'mlops: ')),
  });
}
