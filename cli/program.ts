import { Command } from 'commander';
import { command, type CommandDescription, type CommonOptions, type Perform } from './command';
import { approve, reject } from './commands/approve';
import { check } from './commands/check';
import { cost } from './commands/cost';
import { doctor } from './commands/doctor';
import { empty } from './commands/empty';
import { endpoint } from './commands/endpoint';
import { lineage } from './commands/lineage';
import { logs } from './commands/logs';
import { models } from './commands/models';
import { predict } from './commands/predict';
import { promote } from './commands/promote';
import { rollback } from './commands/rollback';
import { run } from './commands/run';
import { runs } from './commands/runs';
import { schema } from './commands/schema';
import { status } from './commands/status';
import { traffic } from './commands/traffic';

const HELP = `
Environment variables:
  AWS_REGION, AWS_PROFILE, … as for the AWS CLI and the SDKs
  AWS_ENDPOINT_URL   with the URL of a local cloud, the commands work on that
  MLOPS_API_URL      URL of the local cloud's APIs (for predict)
  MLOPS_ENVIRONMENT  the environment, if --environment is not given
  MLOPS_MODEL        the model, if --model is not given

Exit codes:
  0    success; with --wait or --watch: the run deployed a model, or had nothing to do
  1    the command or the run failed
  2    the run's model was rejected
  3    the run was aborted
  64   the command line is invalid; nothing was done
  130  interrupted with Ctrl-C; the run continues
`;

/** Returns the program with all commands; each calls `perform`. */
export function buildProgram(perform: Perform): Command {
  const add = <O extends CommonOptions>(description: CommandDescription<O>) => command(description, perform);
  const program = new Command('mlops')
    .description('Operates the training pipeline of a model, in AWS or on the local cloud.')
    .usage('<command> [options]')
    .addHelpText('after', HELP);
  const commands = [
    ...[add(doctor), add(cost)],
    ...[add(run), add(runs), add(status), add(logs), add(approve), add(reject)],
    ...[add(models), add(lineage), add(traffic), add(promote), add(rollback), add(endpoint)],
    ...[add(predict), add(schema), add(check), add(empty)],
  ];
  for (const each of commands) program.addCommand(each);
  return program;
}
