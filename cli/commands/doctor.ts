import { Account, imageStatus } from '../doctor/account';
import { examine } from '../doctor/examine';
import type { Finding } from '../doctor/checks';
import type { CommandDescription, CommonOptions } from '../command';
import { configOf } from '../configuration';
import { ExitCode } from '../errors';
import { table } from '../output';
import { isLocal } from '../environment';

const SIGNS: Readonly<Record<Finding['result'], string>> = {
  ok: '✓',
  warning: '!',
  fails: '✗',
  skipped: '–',
};

export const doctor: CommandDescription<CommonOptions> = {
  usage: 'doctor',
  summary: 'Checks the requirements of a run: credentials, bootstrap, quotas, images, mail, names.',
  examples: [
    ['doctor', 'before the first deployment, or when runs fail for reasons outside the pipeline'],
    ['doctor --environment prod --json', 'for a script; exit code 1 if a check fails'],
  ],
  action: {
    alone: async (choice, out) => {
      const findings = await examine({
        config: await configOf(choice),
        account: new Account(),
        imageStatus,
        local: isLocal(process.env),
      });
      out.result(findings, () => report(findings));
      return findings.some(({ result }) => result === 'fails') ? ExitCode.Failed : ExitCode.Ok;
    },
  },
};

function report(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, result, found }) => [SIGNS[result], check, found]);
  const fixes = findings
    .filter(({ fix }) => fix !== '')
    .map(({ check, result, fix }) => `${SIGNS[result]} ${check}: ${fix}.`);
  return [table(['', 'CHECK', 'FOUND'], rows), ...(fixes.length > 0 ? ['', 'To do:', ...fixes] : [])].join(
    '\n',
  );
}
