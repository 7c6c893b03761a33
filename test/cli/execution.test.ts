import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { followExecution, HistoryFollower, type StateChange } from '../../cli/execution';

/** A fake execution whose history has these lengths at each poll; it has ended at the last. */
class GrowingExecution extends SFNClient {
  /** Number of events sent in each poll. */
  readonly sent: number[] = [];
  private looks = 0;

  constructor(private readonly lengths: readonly number[]) {
    super({ region: 'us-east-1' });
  }

  override send = (async (command: unknown) => {
    if (command instanceof DescribeExecutionCommand) {
      this.sent.push(0);
      this.looks += 1;
      return { status: this.looks < this.lengths.length ? 'RUNNING' : 'SUCCEEDED' };
    }
    if (!(command instanceof GetExecutionHistoryCommand)) throw new Error(`${String(command)}: not expected`);
    const { reverseOrder, maxResults, nextToken = '0' } = command.input;
    const all = Array.from({ length: this.lengths[this.looks - 1]! }, (_, i) => event(i + 1));
    const start = Number(nextToken);
    const end = start + maxResults!;
    const events = (reverseOrder ? all.reverse() : all).slice(start, end);
    this.sent[this.looks - 1]! += events.length;
    return { events, nextToken: end < all.length ? String(end) : undefined };
  }) as SFNClient['send'];
}

const event = (id: number): HistoryEvent => ({
  id,
  previousEventId: id - 1,
  timestamp: new Date(id * 1000),
  type: 'PassStateEntered',
  stateEnteredEventDetails: { name: `S${id}` },
});

test.each([
  ['no event', [1, 1, 2], [1, 1, 2]],
  ['a few', [7, 9, 40], [7, 9, 40]],
  ['just a page', [60, 110, 110], [60, 50, 50]],
  ['more than a page', [60, 111, 360], [60, 100, 250]],
  ['more than the largest page at the first look', [2_345, 2_346], [2_345, 50]],
])('every event is reported once and in order, with few requested: %s more', async (_, lengths, sent) => {
  const execution = new GrowingExecution(lengths);
  const told: string[] = [];
  const seen: number[] = [];
  const { events } = await followExecution(execution, 'arn', {
    pollMs: 0,
    onChange: ({ name }) => told.push(name),
    onLook: async (all) => void seen.push(all.length),
  });
  const expected = Array.from({ length: lengths.at(-1)! }, (_, i) => i + 1);
  expect(events.map(({ id }) => id)).toEqual(expected);
  expect(told).toEqual(expected.map((id) => `S${id}`));
  expect(seen).toEqual(lengths);
  expect(execution.sent).toEqual(sent);
});

describe('HistoryFollower', () => {
  const event = (
    id: number,
    previousEventId: number,
    second: number,
    details: Partial<HistoryEvent>,
  ): HistoryEvent => ({
    id,
    previousEventId,
    timestamp: new Date(second * 1000),
    type: 'TaskStateEntered',
    ...details,
  });
  const entered = (name: string) => ({ stateEnteredEventDetails: { name } });
  const exited = (name: string) => ({ stateExitedEventDetails: { name } });

  test('reports each change once while the history grows, with the seconds of interleaved states', () => {
    const changes: StateChange[] = [];
    const follower = new HistoryFollower((change) => changes.push(change));
    const history = [
      event(1, 0, 0, {}),
      event(2, 1, 1, entered('A')),
      event(3, 1, 2, entered('B')),
      event(4, 2, 4, exited('A')),
      event(5, 3, 8, exited('B')),
      event(6, 5, 9, entered('A')),
      event(7, 6, 10, exited('A')),
    ];
    for (const event of history) follower.add([event]);
    follower.add([]);
    expect(changes.map(({ kind, name, seconds }) => [kind, name, seconds])).toEqual([
      ['entered', 'A', undefined],
      ['entered', 'B', undefined],
      ['left', 'A', 3],
      ['left', 'B', 6],
      ['entered', 'A', undefined],
      ['left', 'A', 1],
    ]);
    expect(follower.secondsByState).toEqual({ A: 4, B: 6 });
  });
});
