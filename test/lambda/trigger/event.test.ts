import { readEvent, type IncomingEvent } from '../../../lambda/trigger/event';

const NOW = Date.parse('2026-11-21T09:00:00Z');

describe('readEvent', () => {
  const time = '2026-11-21T09:00:00Z';
  test.each<[IncomingEvent, object]>([
    [
      { source: 'aws.s3', time, detail: { bucket: { name: 'b' }, object: { key: 'data/1.csv', size: 1 } } },
      { kind: 'newData', detail: 's3://b/data/1.csv' },
    ],
    [
      { source: 'aws.ssm', time, detail: { name: '/a/b', operation: 'Update' } },
      { kind: 'newCode', detail: '/a/b' },
    ],
    [
      { source: 'aws.cloudwatch', time, detail: { alarmName: 'drift' } },
      { kind: 'drift', detail: 'drift' },
    ],
    [
      { source: 'pipeline.schedule', time },
      { kind: 'schedule', detail: time },
    ],
  ])('%j', (event, expected) => {
    expect(readEvent(event)).toEqual({ kind: 'request', time: NOW, trigger: expected });
  });

  test('a key of any length fits the run’s input', () => {
    const detail = { bucket: { name: 'b' }, object: { key: 'k'.repeat(2_000) } };
    const read = readEvent({ source: 'aws.s3', time, detail });
    expect(read.kind === 'request' && read.trigger.detail).toHaveLength(1_200);
  });

  test('an unknown source is an error', () => {
    expect(() => readEvent({ source: 'aws.ecr', time })).toThrow('"aws.ecr"');
    expect(() => readEvent({ source: 'aws.s3', time: '' })).toThrow('""');
  });
});
