import { page } from '../../core/paging';
import type { Operations as Handlers } from '../../core/service';
import { describeEvent } from './descriptions';
import type { Stack } from './records';
import { invalid } from './requests';
import type { Stacks } from './stacks';

const PAGE = 100;

/** Operations on events of stacks, newest first. */
export function eventOperations(stacks: Stacks): Handlers<'cloudformation'> {
  function get(name: string): Stack {
    const stack = stacks.find(name);
    if (!stack) throw invalid(`Stack [${name}] does not exist`);
    return stack;
  }

  /** Returns a page of events, numbered from the oldest, so that pages stay consistent while events are added. */
  function eventsOf(stack: Stack, token: string | undefined, wanted = (_status: string) => true) {
    const numbered = stack.events
      .map((event, i) => ({ event, key: String(2e9 - i) }))
      .filter(({ event }) => wanted(event.status));
    const { items, nextToken } = page(numbered, ({ key }) => key, PAGE, token, invalid);
    return { events: items.map(({ event }) => describeEvent(stack, event)), nextToken };
  }

  return {
    async DescribeStackEvents({ StackName = '', NextToken }) {
      const { events, nextToken } = eventsOf(get(StackName), NextToken);
      return { StackEvents: events, NextToken: nextToken };
    },

    async DescribeEvents({ StackName, ChangeSetName, OperationId, Filters, NextToken }) {
      if (ChangeSetName !== undefined) {
        // Only validation hooks add events to a change set, and there are none.
        stacks.findChangeSet(StackName, ChangeSetName);
        return { OperationEvents: [] };
      }
      if (StackName === undefined) throw invalid('StackName or ChangeSetName must be specified.');
      const failedOnly = Filters?.FailedEvents ?? false;
      const { events, nextToken } = eventsOf(
        get(StackName),
        NextToken,
        (status) => !failedOnly || status.endsWith('_FAILED'),
      );
      return {
        OperationEvents: events
          .filter((event) => OperationId === undefined || event.OperationId === OperationId)
          .map(({ StackName: _name, ...event }) => ({ ...event, EventType: 'STACK_EVENT' as const })),
        NextToken: nextToken,
      };
    },

    async ListHookResults({ TargetType, TargetId }) {
      // No hook can be registered, so there are no results.
      return { TargetType, TargetId, HookResults: [] };
    },
  };
}
