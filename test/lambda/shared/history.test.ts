import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { statesOf } from '../../../lambda/shared/history';

const NOW = new Date('2026-01-02T03:04:05Z');

test('the state of an event follows the chain of events back to the state that was entered', () => {
  const events: HistoryEvent[] = [
    { id: 9, previousEventId: 7, type: 'ExecutionFailed', timestamp: NOW },
    {
      id: 8,
      previousEventId: 3,
      type: 'TaskStateEntered',
      timestamp: NOW,
      stateEnteredEventDetails: { name: 'Build inference image' },
    },
    { id: 7, previousEventId: 6, type: 'TaskFailed', timestamp: NOW },
    {
      id: 6,
      previousEventId: 2,
      type: 'TaskStateEntered',
      timestamp: NOW,
      stateEnteredEventDetails: { name: 'Train model' },
    },
  ];
  expect(statesOf(events)(events[0])).toBe('Train model');
});
