import { table } from '../../bench/report';
import { summarise, type Sample } from '../../bench/samples';

const sample = (due: number, latency: number, more: Partial<Sample> = {}): Sample => ({
  ...{ due, latency, status: 200, version: 'a' },
  ...more,
});

test('the table compares each phase with the load before', () => {
  const part = (latency: number) => summarise([sample(0, latency)], 0, 1_000);
  const lines = table([
    [
      'canary',
      {
        ...{
          before: part(10),
          training: part(20),
          deployment: part(15),
          rollback: part(30),
          whole: part(30),
        },
        ...{ deploymentSeconds: 1.25, rollbackSeconds: 0.5 },
      },
    ],
  ]).split('\n');
  expect(
    lines.slice(2).map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    ),
  ).toEqual([
    ['canary', 'before', '', '1', '1.0', '0', '10.0', '10.0', '10.0', '1.00'],
    ['canary', 'training', '', '1', '1.0', '0', '20.0', '20.0', '20.0', '2.00'],
    ['canary', 'deployment', '1.3', '1', '1.0', '0', '15.0', '15.0', '15.0', '1.50'],
    ['canary', 'rollback', '0.5', '1', '1.0', '0', '30.0', '30.0', '30.0', '3.00'],
  ]);
});
