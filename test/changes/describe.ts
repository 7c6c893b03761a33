import type { Change, Outcome, Step } from './change';
import { changes } from './changes';

/** The table of docs/runbook.md: what is more than one deployment. Networks have a section of their own there. */

function described(outcome: Outcome, stuck = false): string | undefined {
  if (outcome === 'works')
    return stuck
      ? 'one, without other changes: nothing can undo it, so after a failure see [a rollback that stops](#a-rollback-that-stops)'
      : undefined;
  if (outcome === 'users first') return '[the users first](#an-export-in-use)';
  if (outcome === 'apart') return 'two changes: first the one more, then the one fewer';
  if (outcome === 'another') return 'another pipeline beside this one, which stays until it is deleted';
  if (outcome === 'elsewhere') return 'another pipeline there; this one stays until it is deleted';
  return 'fails' in outcome
    ? 'none: the service refuses it, and nothing changes'
    : 'none: refused at synthesis';
}

function linesOf({ name, steps, back, backTitle }: Change): string[] {
  const of = ({ title, outcome, stuck }: Pick<Step, 'title' | 'outcome' | 'stuck'>) => {
    const deployments = described(outcome, stuck);
    if (deployments === undefined) return [];
    if (title === undefined) throw new Error(`a change of "${name}" has no title`);
    return title.startsWith('`network') ? [] : [`${title} | ${deployments}`];
  };
  return [...steps.flatMap(of), ...of({ title: backTitle, outcome: back })];
}

/** Returns the rows of the table, sorted. */
export function describeChanges(): string[] {
  return [...new Set(changes.flatMap(linesOf))].sort();
}
