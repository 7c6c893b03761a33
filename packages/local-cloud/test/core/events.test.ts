import { systemClock } from '../../src/core/clock';
import { EventBus, type Delivery } from '../../src/core/events';

const from = { kind: 'service' as const, arn: 'events.amazonaws.com', userId: 'events', account: '1' };
const delivery = (targetArn: string): Delivery => ({
  targetArn,
  input: { a: 1 },
  from,
  sourceArn: 'arn:rule',
});

let bus: EventBus;
beforeEach(() => (bus = new EventBus({ region: 'eu-central-1', account: '123456789012' }, systemClock)));

test('an event is published in the shape of EventBridge, with whole seconds', () => {
  const seen: unknown[] = [];
  bus.subscribe((event) => seen.push(event));
  bus.publish({
    source: 'aws.x',
    detailType: 'X',
    detail: { a: 1 },
    resources: ['arn'],
    time: Date.UTC(2030, 0, 2, 3, 4, 5, 678),
  });
  expect(seen).toEqual([
    {
      version: '0',
      id: expect.any(String),
      'detail-type': 'X',
      source: 'aws.x',
      account: '123456789012',
      time: '2030-01-02T03:04:05Z',
      region: 'eu-central-1',
      resources: ['arn'],
      detail: { a: 1 },
    },
  ]);
});

test('settled() waits for deliveries, and for those that they cause', async () => {
  const order: string[] = [];
  bus.registerTarget(
    (arn) => arn === 'first',
    async () => {
      await Promise.resolve();
      order.push('first');
      bus.deliver(delivery('second'));
    },
  );
  bus.registerTarget(
    (arn) => arn === 'second',
    async () => void order.push('second'),
  );
  bus.deliver(delivery('first'));
  await bus.settled();
  expect(order).toEqual(['first', 'second']);
  expect(bus.failures).toEqual([]);
});

test('a failed delivery is kept, and so is one without a receiver', async () => {
  bus.registerTarget(
    (arn) => arn === 'broken',
    () => Promise.reject(new Error('no')),
  );
  bus.deliver(delivery('broken'));
  bus.deliver(delivery('unknown'));
  await bus.settled();
  expect(bus.failures.map(({ delivery: { targetArn }, error }) => [targetArn, error.message]).sort()).toEqual(
    [
      ['broken', 'no'],
      ['unknown', 'No service of the local cloud accepts deliveries to unknown.'],
    ],
  );
});
