import { compareShapes, shapeOf } from '../../../cli/acceptance/shapes';

test('a shape has paths and types, and no value', () => {
  const answer = {
    $metadata: { requestId: 'r' },
    TrainingJobName: 'mlops-table-dev-run-1-train-0',
    CreationTime: new Date(0),
    BillableTimeInSeconds: 3,
    HyperParameters: { epochs: '5', seed: '1' },
    Channels: [{ Name: 'a' }, { Name: 'b', Shuffle: true }],
    Tags: [],
    Nothing: undefined,
    Reason: null,
  };
  expect(shapeOf(answer)).toEqual([
    'BillableTimeInSeconds: number',
    'Channels[].Name: string',
    'Channels[].Shuffle: boolean',
    'CreationTime: date',
    'HyperParameters.*: string',
    'Reason: null',
    'Tags: []',
    'TrainingJobName: string',
  ]);
});

test('answers are compared member by member, operation by operation', () => {
  const known = { 'a:Same': ['X: string'], 'b:Other': ['X: string', 'Y: number'], 'c:Gone': ['Z: date'] };
  const seen = { 'a:Same': ['X: string'], 'b:Other': ['X: null', 'Y: number'], 'd:New': ['N: string'] };
  expect(compareShapes(known, seen)).toEqual([
    { operation: 'b:Other', added: ['X: null'], missing: ['X: string'] },
    { operation: 'c:Gone', added: [], missing: ['Z: date'] },
    { operation: 'd:New', added: ['N: string'], missing: [] },
  ]);
});
