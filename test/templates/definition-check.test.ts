import type { StateMachineDefinition } from 'local-cloud/testing';
import { aslValidatorFaults, definitionFaults } from './support/definition-check';

const LAMBDA = 'arn:aws:states:::lambda:invoke';
const TRAIN = 'arn:aws:states:::sagemaker:createTrainingJob.sync';
const DESCRIBE = 'arn:aws:states:::aws-sdk:sagemaker:describeEndpoint';

const task = { Type: 'Task', Resource: LAMBDA, Arguments: {}, TimeoutSeconds: 9, Output: {}, End: true };
const job = { ...task, Resource: TRAIN };
const pass = { Type: 'Pass', End: true };
const THROWN = ['ModelRejected', 'InvalidData'];

type States = Record<string, object>;

const machine = (states: States, fields: object = {}) => ({
  QueryLanguage: 'JSONata',
  TimeoutSeconds: 99,
  StartAt: Object.keys(states)[0]!,
  States: states,
  ...fields,
});
const graph = (states: States) => ({ StartAt: Object.keys(states)[0]!, States: states });
const map = (fields: object, inner: object = pass) => ({
  Type: 'Map',
  Items: [1],
  ItemProcessor: graph({ Inner: inner }),
  Output: {},
  End: true,
  ...fields,
});
const choice = (fields: object) => ({
  Type: 'Choice',
  Choices: [{ Condition: true, Next: 'End' }],
  ...fields,
});
const retrying = (...names: string[]) => ({ Retry: [{ ErrorEquals: names }] });
const catching = (...names: string[]) => ({ Catch: [{ ErrorEquals: names, Next: 'End' }] });

const check = (definition: object) => definitionFaults(definition as StateMachineDefinition, THROWN);

test.each<[name: string, definition: object]>([
  ['tasks that bound their time and name what they keep', machine({ A: job })],
  [
    'fields and branches of a result',
    machine({ A: { ...job, Output: { a: '{% $states.result.JobName %}' } } }),
  ],
  ['a function’s answer', machine({ A: { ...task, Assign: { a: '{% $states.result.Payload %}' } } })],
  ['the number of results', machine({ A: map({ Output: '{% $count($states.result) %}' }) })],
  ['a counter', machine({ A: { ...pass, Assign: { n: '{% $n + 1 %}' } } })],
  [
    'what the integration raises',
    machine({ A: { ...job, ...retrying('SageMaker.ResourceLimitExceededException') } }),
  ],
  [
    'what an SDK call raises',
    machine({
      A: {
        ...task,
        Resource: DESCRIBE,
        ...retrying('SageMaker.SageMakerException', 'SageMaker.SdkClientException'),
      },
    }),
  ],
  [
    'what a function throws',
    machine({ A: { ...task, ...catching('InvalidData', 'Lambda.TooManyRequestsException') }, End: pass }),
  ],
  ['what is raised inside', machine({ A: map(catching('InvalidData'), task), End: pass })],
  [
    'a missed heartbeat',
    machine({ A: { ...task, HeartbeatSeconds: 3, ...retrying('States.HeartbeatTimeout') } }),
  ],
  ['an error of the contract', machine({ A: { Type: 'Fail', Error: 'ModelRejected' } })],
])('%s is valid', (_, definition) => {
  expect(check(definition)).toEqual([]);
});

test.each<[name: string, definition: object, fault: string]>([
  ['a dangling transition', machine({ A: { Type: 'Pass', Next: 'B' } }), "Missing 'Next' target: B"],
  ['a state that nothing leads to', machine({ A: pass, B: pass }), '"B" is not reachable'],
  [
    'states that lead to each other only',
    machine({ A: pass, B: { Type: 'Pass', Next: 'C' }, C: { Type: 'Pass', Next: 'B' } }),
    'B: is never reached',
  ],
  [
    'a loop without a way out',
    machine({
      A: choice({ Default: 'B' }),
      B: { Type: 'Pass', Next: 'B' },
      End: pass,
    }),
    'B: leads to no end',
  ],
  ['JSONPath all over', machine({ A: pass }, { QueryLanguage: 'JSONPath' }), 'QueryLanguage is not JSONata'],
  [
    'JSONPath in one state',
    machine({ A: { ...pass, QueryLanguage: 'JSONPath' } }),
    "'QueryLanguage' can not be 'JSONPath'",
  ],
  ['a field of JSONPath', machine({ A: { ...task, Parameters: {} } }), 'Field is not supported here'],
  [
    'a path that is text',
    machine({ A: { ...task, Arguments: { a: '$.input' } } }),
    'A: holds the JSONPath $.input',
  ],
  [
    'a context path',
    machine({ A: { ...pass, Output: '$$.Execution.Id' } }),
    'A: holds the JSONPath $$.Execution.Id',
  ],
  [
    'a path by its key',
    machine({ A: { ...task, Arguments: { 'a.$': 1 } } }),
    'A: holds the JSONPath field a.$',
  ],
  [
    'an intrinsic function',
    machine({ A: { ...task, Arguments: { a: 'States.UUID()' } } }),
    'A: holds the JSONPath States.UUID()',
  ],
  [
    'an optimized integration that does not exist',
    machine({ A: { ...task, Resource: 'arn:aws:states:::sagemaker:createMagic' } }),
    'A: there is no integration arn:aws:states:::sagemaker:createMagic',
  ],
  [
    'a pattern that the integration lacks',
    machine({ A: { ...task, Resource: 'arn:aws:states:::sagemaker:createEndpoint.sync' } }),
    'A: there is no integration',
  ],
  [
    'an operation that the SDK lacks',
    machine({ A: { ...task, Resource: 'arn:aws:states:::aws-sdk:sagemaker:describeMagic' } }),
    'A: there is no integration',
  ],
  ['a machine without a timeout', machine({ A: pass }, { TimeoutSeconds: undefined }), 'no TimeoutSeconds'],
  [
    'a task without a timeout',
    machine({ A: { ...task, TimeoutSeconds: undefined } }),
    'A: has no TimeoutSeconds',
  ],
  [
    'a token without a timeout, in a branch',
    machine({
      A: {
        Type: 'Parallel',
        Branches: [
          graph({ Ask: { ...task, Resource: `${LAMBDA}.waitForTaskToken`, TimeoutSeconds: undefined } }),
        ],
        Output: {},
        End: true,
      },
    }),
    'Ask: has no TimeoutSeconds',
  ],
  ['a choice without a default', machine({ A: choice({}), End: pass }), 'A: has no Default'],
  [
    'the name of the other integration in Retry',
    machine({ A: { ...job, ...retrying('SageMaker.SageMakerException') } }),
    'A: waits for SageMaker.SageMakerException, which it cannot raise',
  ],
  [
    'the name of the other integration in Catch',
    machine({
      A: { ...task, Resource: DESCRIBE, ...catching('SageMaker.AmazonSageMakerException') },
      End: pass,
    }),
    'A: waits for SageMaker.AmazonSageMakerException',
  ],
  [
    'a misspelt name',
    machine({ A: { ...task, ...retrying('Lambda.ServiceExeption') } }),
    'Lambda.ServiceExeption',
  ],
  ['an unknown error', machine({ A: { ...task, ...retrying('InvalidDate') } }), 'waits for InvalidDate'],
  [
    'a function’s error of a job',
    machine({ A: { ...job, ...retrying('InvalidData') } }),
    'waits for InvalidData',
  ],
  [
    'an error that is never caught',
    machine({ A: { ...task, ...retrying('States.Runtime') } }),
    'States.Runtime',
  ],
  [
    'a heartbeat without a sender',
    machine({ A: { ...task, ...retrying('States.HeartbeatTimeout') } }),
    'States.HeartbeatTimeout',
  ],
  [
    'a name of JSONPath',
    machine({ A: { ...task, ...retrying('States.IntrinsicFailure') } }),
    'States.IntrinsicFailure',
  ],
  [
    'what nothing inside raises',
    machine({ A: map(catching('InvalidData'), job), End: pass }),
    'waits for InvalidData',
  ],
  ['an end with an unknown error', machine({ A: { Type: 'Fail', Error: 'Oops' } }), 'A: ends with Oops'],
  ['an end without an error', machine({ A: { Type: 'Fail' } }), 'A: ends without an error name'],
  ['a result that goes on by default', machine({ A: { ...job, Output: undefined } }), 'A: has no Output'],
  ['a whole job', machine({ A: { ...job, Output: '{% $states.result %}' } }), 'A: keeps its whole result'],
  [
    'a whole job in a variable',
    machine({ A: { ...job, Assign: { a: { b: '{% $states.result %}' } } } }),
    'whole result',
  ],
  ['all fields of a job', machine({ A: { ...job, Output: '{% $states.result.* %}' } }), 'whole result'],
  [
    'the results of a Map',
    machine({ A: map({ Output: '{% $states.result %}' }) }),
    'A: keeps its whole result',
  ],
  [
    'a part of a Map’s results',
    machine({ A: map({ Output: '{% $states.result[0] %}' }) }),
    'A: keeps results of a Map',
  ],
  ['a Map without an output', machine({ A: map({ Output: undefined }) }), 'A: has no Output'],
  [
    'a list that a loop lengthens',
    machine({ A: { ...pass, Assign: { all: '{% $append($all, $states.input) %}' } } }),
    'A: makes $all of itself',
  ],
])('%s is refused', (_, definition, fault) => {
  // Without the fields that are undefined, as a template would have it.
  const faults = check(JSON.parse(JSON.stringify(definition)) as object);
  expect(faults).toContainEqual(expect.stringContaining(fault));
});

test('asl-validator checks the definition, too', () => {
  expect(aslValidatorFaults(machine({ A: pass }))).toBe('');
  expect(aslValidatorFaults(machine({ A: { Type: 'Pass', Next: 'B' } }))).toMatch(/B/);
});
