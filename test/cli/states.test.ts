import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { openStates } from '../../cli/states';

const event = (id: number, previousEventId: number, type: string, details: object = {}) =>
  ({ id, previousEventId, type, timestamp: new Date(id * 1000), ...details }) as HistoryEvent;

const scheduled = (id: number, previous: number, resource: string, parameters: object) =>
  event(id, previous, 'TaskScheduled', {
    taskScheduledEventDetails: { resource, parameters: JSON.stringify(parameters) },
  });

test('returns the active states, including branches', () => {
  const entered = (id: number, previous: number, name: string) =>
    event(id, previous, 'TaskStateEntered', { stateEnteredEventDetails: { name } });
  const events = [
    entered(1, 0, 'Both'),
    event(2, 1, 'ParallelStateStarted'),
    entered(3, 2, 'A'),
    entered(4, 2, 'B'),
    scheduled(5, 4, 'invoke', {}),
    event(6, 3, 'TaskStateExited', { stateExitedEventDetails: { name: 'A' } }),
  ];
  expect(openStates(events.slice(0, 5))).toEqual(['A', 'B']);
  expect(openStates(events)).toEqual(['B']);
});
