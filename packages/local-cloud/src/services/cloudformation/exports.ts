import type { StackOutput } from '../../templates/scope';
import { TemplateError } from '../../templates/template';
import type { Stack } from './records';
import type { Stacks } from './stacks';

/**
 * Checks a stack's exports: an export has one owner, and an export in use cannot change.
 *
 * @throws TemplateError with CloudFormation's message
 */
export function checkExports(
  stacks: Stacks,
  stack: Stack,
  before: readonly StackOutput[],
  after: readonly StackOutput[],
): void {
  const names = after.flatMap(({ exportName }) => exportName ?? []);
  const duplicate = names.find((name, i) => names.indexOf(name) !== i);
  if (duplicate)
    throw new TemplateError(`Export with name ${duplicate} is already exported by stack ${stack.name}.`);
  for (const name of names) {
    const owner = stacks.findExport(name)?.stack;
    if (owner && owner.id !== stack.id)
      throw new TemplateError(`Export with name ${name} is already exported by stack ${owner.name}.`);
  }
  for (const { exportName, value } of before) {
    if (exportName === undefined) continue;
    const now = after.find((output) => output.exportName === exportName);
    if (now?.value === value) continue;
    const users = stacks.importers(exportName);
    if (users.length === 0) continue;
    const what = now ? 'updated' : 'deleted';
    throw new TemplateError(`Export ${exportName} cannot be ${what} as it is in use by ${users.join(', ')}`);
  }
}
