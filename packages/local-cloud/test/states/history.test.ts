import { executeStateMachine, History, VirtualClock, type HistoryEvent } from '../../src/states';
import { LAMBDA, outline, run, START_TIME } from './support';

const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Items: '{% $states.input %}',
      MaxConcurrency: 1,
      ItemProcessor: { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: LAMBDA, End: true } } },
      Assign: { done: '{% $states.result %}' },
      Next: 'Both',
    },
    Both: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'One', States: { One: { Type: 'Pass', End: true } } }],
      Next: 'Which?',
    },
    'Which?': { Type: 'Choice', Choices: [{ Condition: true, Next: 'Wait' }] },
    Wait: { Type: 'Wait', Seconds: 60, Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
} as const;

test('events and their links are those of Step Functions', async () => {
  const { events } = await run(definition, { input: [1, 2] });
  expect(outline(events)).toEqual([
    '1<0 ExecutionStarted',
    '2<0 MapStateEntered',
    '3<2 MapStateStarted',
    '4<3 MapIterationStarted',
    '5<4 TaskStateEntered',
    '6<5 TaskScheduled',
    '7<6 TaskStarted',
    '8<7 TaskSucceeded',
    '9<8 TaskStateExited',
    '10<9 MapIterationSucceeded',
    '11<9 MapIterationStarted',
    '12<11 TaskStateEntered',
    '13<12 TaskScheduled',
    '14<13 TaskStarted',
    '15<14 TaskSucceeded',
    '16<15 TaskStateExited',
    '17<16 MapIterationSucceeded',
    '18<17 MapStateSucceeded',
    '19<17 MapStateExited',
    '20<19 ParallelStateEntered',
    '21<20 ParallelStateStarted',
    '22<21 PassStateEntered',
    '23<22 PassStateExited',
    '24<23 ParallelStateSucceeded',
    '25<23 ParallelStateExited',
    '26<25 ChoiceStateEntered',
    '27<26 ChoiceStateExited',
    '28<27 WaitStateEntered',
    '29<28 WaitStateExited',
    '30<29 SucceedStateEntered',
    '31<30 SucceedStateExited',
    '32<31 ExecutionSucceeded',
  ]);
});

test('an event carries data as JSON text, assigned variables and the time', async () => {
  const { events } = await run(definition, { input: [1, 2] });
  expect(events[0]).toEqual({
    id: 1,
    previousEventId: 0,
    timestamp: new Date(START_TIME),
    type: 'ExecutionStarted',
    executionStartedEventDetails: {
      input: '[1,2]',
      inputDetails: { truncated: false },
      roleArn: 'arn:aws:iam::123456789012:role/machine',
    },
  });
  expect(events[10]?.mapIterationStartedEventDetails).toEqual({ name: 'Each', index: 1 });
  expect(events[18]?.stateExitedEventDetails).toEqual({
    name: 'Each',
    output: '[1,2]',
    outputDetails: { truncated: false },
    assignedVariables: { done: '[1,2]' },
    assignedVariablesDetails: { truncated: false },
  });
  expect(events[28]?.timestamp).toEqual(new Date('2026-01-01T00:01:00.000Z'));
});

test('the listener gets each event when it is recorded', async () => {
  const heard: HistoryEvent[] = [];
  const clock = new VirtualClock();
  const history = new History(clock, (event) => heard.push(event));
  let atTask = 0;
  const context = {
    Execution: { Id: 'arn', Name: 'n', RoleArn: 'r', StartTime: START_TIME, Input: [1] },
    StateMachine: { Id: 'arn', Name: 'm' },
  };
  const tasks = { run: async () => (atTask = heard.length) };
  await executeStateMachine({ definition, context, clock, history, tasks });
  expect(atTask).toBe(7);
  expect(heard).toEqual(history.events);
});

test('a failed expression follows the event before its state, as in AWS', async () => {
  const states = {
    First: { Type: 'Pass', Next: 'Second' },
    Second: { Type: 'Pass', Output: '{% $nothing %}', End: true },
  };
  const { events } = await run({ QueryLanguage: 'JSONata', StartAt: 'First', States: states });
  expect(outline(events).slice(-3)).toEqual([
    '4<3 PassStateEntered',
    '5<3 EvaluationFailed',
    '6<5 ExecutionFailed',
  ]);
});

test('the failed expression of a Wait state follows its entry, as in AWS', async () => {
  const states = { Hold: { Type: 'Wait', Timestamp: '{% "tomorrow" %}', End: true } };
  const { events } = await run({ QueryLanguage: 'JSONata', StartAt: 'Hold', States: states });
  expect(outline(events).slice(1)).toEqual([
    '2<0 WaitStateEntered',
    '3<2 EvaluationFailed',
    '4<3 ExecutionFailed',
  ]);
});

test('variables that are too large are a failed evaluation after the state’s entry, as in AWS', async () => {
  const large = '{% $pad("", 140000, "x") & $pad("", 140000, "x") %}';
  const states = { Keep: { Type: 'Pass', Assign: { v: large }, End: true } };
  const { events } = await run({ QueryLanguage: 'JSONata', StartAt: 'Keep', States: states });
  expect(outline(events).slice(1)).toEqual([
    '2<0 PassStateEntered',
    '3<2 EvaluationFailed',
    '4<3 ExecutionFailed',
  ]);
  expect(events[2]?.evaluationFailedEventDetails).toEqual({
    error: 'States.DataLimitExceeded',
    cause: "Variable size limit exceeded. Variable 'v' in state 'Keep' was assigned 280002 bytes.",
    state: 'Keep',
  });
});

test('a failed expression within a branch is recorded once, in the branch', async () => {
  const inner = { StartAt: 'In', States: { In: { Type: 'Pass', Output: '{% $nothing %}', End: true } } };
  const States = { Out: { Type: 'Parallel', Branches: [inner], End: true } };
  const { events } = await run({ QueryLanguage: 'JSONata', StartAt: 'Out', States });
  const failed = events.filter(({ type }) => type === 'EvaluationFailed');
  expect(failed.map((event) => event.evaluationFailedEventDetails?.state)).toEqual(['In']);
});
