import { StatesError, type JsonValue, type TaskRequest } from '../../src/states';
import { branch, FAILED, JSONATA, later, machine, runAttempts, task, tasks, until } from './redrives';

/**
 * Histories "as recorded" have the events and the links of a recording of AWS, with `Task…` for its `Activity…` events:
 * https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/stepfunctions/redrive_execution.json
 * (2026-09-24, scenarios 02 and 03).
 */

test('Parallel, as recorded: the branches that failed or were aborted run again, the others keep their output', async () => {
  const definition = machine({
    Both: { Type: 'Parallel', Branches: [branch('Good'), branch('Bad'), branch('Slow')], End: true },
  });
  const again = tasks();
  const bad = ({ stateName, signal }: TaskRequest) => {
    if (stateName === 'Good') return 'kept';
    if (stateName === 'Slow') return until(signal);
    return later(() => {
      throw new StatesError('Broken', 'Bad');
    });
  };
  const [failed, redriven] = await runAttempts(definition, [{ task: bad }, again]);
  expect(failed!.result).toEqual(FAILED('Bad'));
  expect(failed!.events.slice(0, 6)).toEqual([
    '1<0 ExecutionStarted',
    '2<0 ParallelStateEntered',
    '3<2 ParallelStateStarted',
    '4<3 TaskStateEntered',
    '5<3 TaskStateEntered',
    '6<3 TaskStateEntered',
  ]);
  const end = failed!.events.length;
  expect(again.ran).toEqual(['Bad', 'Slow']);
  expect(redriven!.events).toEqual([
    `${end + 1}<${end} ExecutionRedriven`,
    `${end + 2}<5 TaskScheduled`,
    `${end + 3}<${end + 2} TaskStarted`,
    `${end + 4}<6 TaskScheduled`,
    `${end + 5}<${end + 4} TaskStarted`,
    `${end + 6}<${end + 3} TaskSucceeded`,
    `${end + 7}<${end + 5} TaskSucceeded`,
    `${end + 8}<${end + 6} TaskStateExited`,
    `${end + 9}<${end + 7} TaskStateExited`,
    `${end + 10}<${end + 9} ParallelStateSucceeded`,
    `${end + 11}<${end + 9} ParallelStateExited`,
    `${end + 12}<${end + 11} ExecutionSucceeded`,
  ]);
  expect(redriven!.result).toEqual({ status: 'SUCCEEDED', output: ['kept', 'Bad', 'Slow'] });
});

test('Map, as recorded: the failed iteration continues, iterations that were not reached start, with their index', async () => {
  const definition = machine({
    Each: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: branch('Item'), End: true },
  });
  const first = tasks('Item 1');
  const again = tasks();
  const [failed, redriven] = await runAttempts(definition, [first, again], ['a', 'b', 'c']);
  expect([first.ran, again.ran]).toEqual([
    ['Item 0', 'Item 1'],
    ['Item 1', 'Item 2'],
  ]);
  expect(failed!.events.slice(10)).toEqual([
    '11<9 MapIterationStarted',
    '12<11 TaskStateEntered',
    '13<12 TaskScheduled',
    '14<13 TaskStarted',
    '15<14 TaskFailed',
    '16<15 MapIterationFailed',
    '17<15 TaskStateAborted',
    '18<15 MapStateFailed',
    '19<18 ExecutionFailed',
  ]);
  expect(redriven!.events).toEqual([
    '20<19 ExecutionRedriven',
    '21<12 TaskScheduled',
    '22<21 TaskStarted',
    '23<22 TaskSucceeded',
    '24<23 TaskStateExited',
    '25<24 MapIterationSucceeded',
    '26<24 MapIterationStarted',
    '27<26 TaskStateEntered',
    '28<27 TaskScheduled',
    '29<28 TaskStarted',
    '30<29 TaskSucceeded',
    '31<30 TaskStateExited',
    '32<31 MapIterationSucceeded',
    '33<32 MapStateSucceeded',
    '34<32 MapStateExited',
    '35<34 ExecutionSucceeded',
  ]);
  expect(redriven!.result).toEqual({ status: 'SUCCEEDED', output: ['Item 0', 'Item 1', 'Item 2'] });
});

test('the variables and the input of a branch or an iteration are separate', async () => {
  const steps = (name: string) => ({
    StartAt: `Set ${name}`,
    States: {
      [`Set ${name}`]: {
        Type: 'Pass',
        Assign: { mine: '{% $outer & $states.input %}' },
        Output: '{% $states.input & "!" %}',
        Next: name,
      },
      [name]: task({ Arguments: {}, Output: '{% [$mine, $states.input] %}' }),
    },
  });
  const definition = machine(
    {
      Outer: { Type: 'Pass', Assign: { outer: 'o' }, Output: ['p', 'q', 'r'], Next: 'Each' },
      Each: { Type: 'Map', ItemProcessor: steps('Item'), Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Arguments: '{% "b" %}',
        Branches: [steps('Left'), steps('Right')],
        Output: { each: '{% $states.input %}', both: '{% $states.result %}' },
        End: true,
      },
    },
    JSONATA,
  );
  const attempts = await runAttempts(definition, [tasks('Item 0', 'Item 2'), tasks('Left'), tasks()]);
  expect(attempts.map(({ result }) => result.status)).toEqual(['FAILED', 'FAILED', 'SUCCEEDED']);
  const { output } = attempts[2]!.result as { output: JsonValue };
  expect(output).toEqual({
    each: [
      ['op', 'p!'],
      ['oq', 'q!'],
      ['or', 'r!'],
    ],
    both: [
      ['ob', 'b!'],
      ['ob', 'b!'],
    ],
  });
});

test('nested: only unfinished branches run again, at every level', async () => {
  const inner = { Type: 'Map', ItemProcessor: branch('Deep'), MaxConcurrency: 1, End: true };
  const definition = machine({
    Outer: {
      Type: 'Map',
      MaxConcurrency: 1,
      ItemProcessor: branch('Fork', {
        Type: 'Parallel',
        Branches: [branch('Side'), branch('Inner', inner)],
        End: true,
      }),
      End: true,
    },
  });
  const ran: JsonValue[] = [];
  const run = (fails: boolean) => ({
    task: ({ stateName, arguments: value }: TaskRequest) => {
      ran.push(stateName === 'Side' ? 'Side' : value);
      if (fails && value === 'b2') throw new StatesError('Broken', 'b2');
      return stateName === 'Side' ? 'side' : value;
    },
  });
  const input = [
    ['a1', 'a2'],
    ['b1', 'b2', 'b3'],
  ];
  const [failed, again, redriven] = await runAttempts(definition, [run(true), run(true), run(false)], input);
  expect([failed!.result, again!.result]).toEqual([FAILED('b2'), FAILED('b2')]);
  expect(ran).toEqual(['Side', 'a1', 'a2', 'Side', 'b1', 'b2', 'b2', 'b2', 'b3']);
  expect(redriven!.result).toEqual({
    status: 'SUCCEEDED',
    output: [
      ['side', ['a1', 'a2']],
      ['side', ['b1', 'b2', 'b3']],
    ],
  });
});

test('whenever the process is killed, the redriven execution has the same output', async () => {
  const step = (name: string) => ({
    StartAt: `Set ${name}`,
    States: {
      [`Set ${name}`]: { Type: 'Pass', Assign: { own: '{% $states.input %}' }, Next: name },
      [name]: task({ Arguments: {}, Output: '{% $states.result & $own & $shared %}' }),
    },
  });
  const definition = machine(
    {
      Share: { Type: 'Pass', Assign: { shared: '!' }, Output: ['a', 'b', 'c'], Next: 'Each' },
      Each: {
        ...{ Type: 'Map', MaxConcurrency: 2, ItemProcessor: step('Item'), Next: 'Both' },
        Assign: { each: '{% $states.result %}' },
      },
      Both: {
        ...{ Type: 'Parallel', Arguments: '{% "d" %}', Branches: [step('Left'), step('Right')] },
        Output: { each: '{% $each %}', both: '{% $states.result %}' },
        End: true,
      },
    },
    JSONATA,
  );
  const [whole] = await runAttempts(definition, [tasks()]);
  expect(whole!.result).toEqual({
    status: 'SUCCEEDED',
    output: { each: ['Item 0a!', 'Item 1b!', 'Item 2c!'], both: ['Leftd!', 'Rightd!'] },
  });
  for (let lostAfter = 1; lostAfter < whole!.events.length; lostAfter++) {
    const [, redriven] = await runAttempts(definition, [{ ...tasks(), lostAfter }, tasks()]);
    expect([lostAfter, redriven!.result]).toEqual([lostAfter, whole!.result]);
  }
});

test('a retry of a redriven Map runs every iteration again', async () => {
  const Retry = [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }];
  const definition = machine({
    Each: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: branch('Item'), Retry, End: true },
  });
  const first = tasks('Item 1');
  const again = tasks('Item 1');
  const [, redriven, last] = await runAttempts(definition, [first, again, tasks()], [0, 0]);
  expect(first.ran).toEqual(['Item 0', 'Item 1', 'Item 0', 'Item 1']);
  expect(again.ran).toEqual(['Item 1', 'Item 0', 'Item 1']);
  expect([redriven!.result.status, last!.result.status]).toEqual(['FAILED', 'SUCCEEDED']);
});

test('a failure after the last branch is repeated without the branches', async () => {
  const states = {
    Each: {
      Type: 'Map',
      ItemProcessor: branch('Item', task({ Arguments: {} })),
      Output: '{% $states.context.Execution.RedriveCount = 0 ? $nothing : $states.result %}',
      End: true,
    },
  };
  const again = tasks();
  const [failed, redriven] = await runAttempts(machine(states, JSONATA), [tasks(), again], [1, 2]);
  expect(failed!.result).toMatchObject({ error: 'States.QueryEvaluationError' });
  expect(again.ran).toEqual([]);
  expect(redriven!.events.map((event) => event.split(' ')[1])).toEqual([
    'ExecutionRedriven',
    'MapStateExited',
    'ExecutionSucceeded',
  ]);
  expect(redriven!.result).toMatchObject({ output: ['Item 0', 'Item 1'] });
});

test.each<[string, object]>([
  ['Parallel', { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true }],
  ['Map', { Type: 'Map', ItemProcessor: branch('A'), ItemsPath: '$.items', End: true }],
])('a %s whose result was too large is rerun with all its branches', async (_, state) => {
  let runs = 0;
  const sized = (bytes: number) => ({ task: () => (runs++, 'x'.repeat(bytes)) });
  const [failed, redriven] = await runAttempts(machine({ All: state }), [sized(200_000), sized(10)], {
    items: [1, 2],
  });
  expect(failed!.result).toMatchObject({ error: 'States.DataLimitExceeded' });
  expect([runs, redriven!.result.status]).toEqual([4, 'SUCCEEDED']);
});
