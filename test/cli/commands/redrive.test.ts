import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { failState } from '../../../cli/commands/redrive';

const entered = (type: string, name: string) =>
  ({ type: `${type}StateEntered`, stateEnteredEventDetails: { name } }) as HistoryEvent;
const ended = (type: string) => ({ type }) as HistoryEvent;

test.each<[string, HistoryEvent[], string | undefined]>([
  [
    'a Fail state',
    [entered('Task', 'Decide'), entered('Fail', 'Reject model'), ended('ExecutionFailed')],
    'Reject model',
  ],
  ['a task', [entered('Task', 'Evaluate model'), ended('TaskFailed'), ended('ExecutionFailed')], undefined],
  [
    'a task after a Fail state that an earlier redrive passed',
    [
      entered('Fail', 'Refuse image'),
      ended('ExecutionRedriven'),
      entered('Task', 'Train model'),
      ended('ExecutionFailed'),
    ],
    undefined,
  ],
  ['nothing', [], undefined],
])('a run that ended in %s', (_, events, expected) => {
  expect(failState(events)).toBe(expected);
});
