import type { Finding } from '../check/clauses';
import { collect, type CommandDescription, type CommonOptions } from '../command';
import { ExitCode } from '../errors';
import { table } from '../output';

interface CheckOptions extends CommonOptions {
  data?: string;
  schema?: string;
  set?: Record<string, string>;
  python?: string;
}

const SIGNS: Readonly<Record<Finding['result'], string>> = { held: '✓', broken: '✗', unchecked: '–' };

export const check: CommandDescription<CheckOptions> = {
  usage: 'check <FOLDER>',
  summary: 'Checks the programs of a model against the contract, on this machine and without a cloud.',
  examples: [
    ['check examples/images', 'the model of mlops.config.ts whose programs are in this folder'],
    ['check containers/training --data my-table.csv --schema my-schema.json', 'with other data'],
    ['check my/model --set training.epochs=200', 'a training that is long enough to be interrupted'],
  ],
  options: (command) =>
    command
      .option('--data <path>', "file or folder of data (default: the model's sample)")
      .option('--schema <file>', "schema of a table (default: the sample's)")
      .option(
        '--set <name=value>',
        'override a hyperparameter; may be repeated',
        collect('training.epochs=5'),
      )
      .option(
        '--python <path>',
        'Python interpreter of the programs (default: PYTHON, .venv, /usr/bin/python3)',
      ),
  action: {
    alone: async (choice, out, options, argument) => {
      const { chooseFixture, findModel, findNode, findPython } = await import('../check/project.ts');
      const { check: checkPrograms } = await import('../check/check.ts');
      const model = await findModel(argument!, choice.model);
      const findings = await checkPrograms(model, {
        project: process.cwd(),
        fixture: chooseFixture(model, options),
        interpreters: { node: findNode(), python: findPython(options.python) },
        set: options.set ?? {},
        progress: (text) => process.stderr.isTTY && process.stderr.write(`mlops: checks ${text} …\n`),
      });
      out.result(findings, () => report(findings));
      return findings.every(({ result }) => result === 'held') ? ExitCode.Ok : ExitCode.Failed;
    },
  },
};

function report(findings: readonly Finding[]): string {
  const rows = findings.map(({ program, says, result, how }) => [SIGNS[result], program, says, how]);
  const remedies = findings
    .filter(({ result }) => result === 'broken')
    .map(({ program, says, remedy }) => `✗ ${program} ${says}: ${remedy}.`);
  return [
    table(['', 'PROGRAM', 'CLAUSE', 'FOUND'], rows),
    ...(remedies.length > 0 ? ['', 'To do:', ...remedies] : []),
  ].join('\n');
}
