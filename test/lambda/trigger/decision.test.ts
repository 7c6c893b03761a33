import { answerRequest, type Answer, type NextRun } from '../../../lambda/trigger/decision';

const MINUTE = 60_000;

const NOW = Date.parse('2026-11-21T09:00:00Z');

const trigger = { kind: 'newData', detail: 's3://b/data/1.csv' } as const;

const quiet = { quietMinutes: 5, maxWaitMinutes: 60 };

const waiting = (at: number, since = NOW - MINUTE): NextRun => ({ runId: 'auto-1', since, at, trigger });

describe('a request', () => {
  test.each<
    [
      what: string,
      nextRun: NextRun | undefined,
      newestStart: number | undefined,
      expected: Answer['do'],
      at?: number,
    ]
  >([
    ['makes the next run', undefined, undefined, 'create', NOW + 5 * MINUTE],
    ['is not served by a run that had started before', undefined, NOW - 1, 'create', NOW + 5 * MINUTE],
    ['nor by one that started in the same seconds', undefined, NOW + 4_999, 'create', NOW + 5 * MINUTE],
    ['is served by a run that started later', undefined, NOW + 5_000, 'ignore'],
    ['makes the next run wait on', waiting(NOW + 4 * MINUTE), undefined, 'move', NOW + 5 * MINUTE],
    ['does not move it for seconds', waiting(NOW + 5 * MINUTE - 29_999), undefined, 'join'],
    [
      'moves it no further than it may wait',
      waiting(NOW + MINUTE, NOW - 57 * MINUTE),
      undefined,
      'move',
      NOW + 3 * MINUTE,
    ],
    ['nor back', waiting(NOW + MINUTE, NOW - 59 * MINUTE), undefined, 'join'],
    ['joins one that waits for another run', waiting(NOW + MINUTE, NOW - 600 * MINUTE), undefined, 'join'],
    ['joins one that is being started', waiting(NOW), undefined, 'join'],
    ['still after minutes, when it is tried again', waiting(NOW - 15 * MINUTE), undefined, 'join'],
    [
      'replaces one that was never started',
      waiting(NOW - 15 * MINUTE - 1),
      undefined,
      'replace',
      NOW + 5 * MINUTE,
    ],
  ])('%s', (...[, nextRun, newestStart, expected, at]) => {
    const answer = answerRequest({ time: NOW, trigger }, NOW, quiet, nextRun, newestStart);
    expect(answer.do).toBe(expected);
    if ('nextRun' in answer) {
      const kept =
        answer.do === 'move'
          ? waiting(0, nextRun!.since)
          : { runId: 'auto-20261121090000000', since: NOW, trigger };
      expect(answer.nextRun).toEqual({ ...kept, at });
    }
  });
});
