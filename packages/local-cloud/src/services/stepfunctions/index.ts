import type { SFN } from '@aws-sdk/client-sfn';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { passTo } from '../../core/pass-role';
import { executionOperations } from './execution-operations';
import { Executions } from './executions';
import { machineOperations } from './machine-operations';
import { Machines } from './machines';
import { stateMachineTypes } from './resources';

export interface StepFunctionsSettings {
  /** The clock of waits and timeouts; default: the cloud's clock. */
  clock?: Clock;
}

/**
 * Step Functions: standard workflows, run by the interpreter in `src/states`.
 */
function create(cloud: Cloud): Service<'sfn'> {
  const own = cloud.settings.sfn?.clock;
  const clock = own ? cloud.clockOf(own) : cloud.clock;
  const machines = new Machines(cloud);
  const executions = new Executions(cloud, machines, clock);

  cloud.events.registerTarget(
    (arn) => arn.includes(':stateMachine:'),
    async ({ targetArn, input, from, roleArn, sourceArn }) => {
      const principal = roleArn ? cloud.assumeRole(from.arn, roleArn, 'events', sourceArn) : from;
      // Names as in EventBridge.
      const name = `${randomUUID()}_${randomUUID()}`;
      const request = { stateMachineArn: targetArn, name, input: JSON.stringify(input) };
      await cloud.call('sfn', 'StartExecution', request, { principal });
    },
  );

  const onMachine = (action: string, arn = '*') => ({ action: `states:${action}`, resources: [arn] });

  /**
   * The resource is the state machine of the waiting task: AWS's refusals name it (aws/aws-cdk#8486), although the
   * service authorization reference lists no resource for these actions.
   */
  const onToken =
    (action: string) =>
    ({ taskToken = '' }: { taskToken?: string }) =>
      onMachine(action, executions.tokens.ownerOf(taskToken));

  return {
    permissions: {
      CreateStateMachine: ({ name = '', roleArn = '' }) => [
        onMachine('CreateStateMachine', machines.arn(name)),
        passTo(roleArn, 'states.amazonaws.com'),
      ],
      UpdateStateMachine: ({ stateMachineArn, roleArn }) => [
        onMachine('UpdateStateMachine', stateMachineArn),
        ...(roleArn ? [passTo(roleArn, 'states.amazonaws.com')] : []),
      ],
      DeleteStateMachine: ({ stateMachineArn }) => onMachine('DeleteStateMachine', stateMachineArn),
      TagResource: ({ resourceArn }) => onMachine('TagResource', resourceArn),
      UntagResource: ({ resourceArn }) => onMachine('UntagResource', resourceArn),
      ListTagsForResource: ({ resourceArn }) => onMachine('ListTagsForResource', resourceArn),
      StartExecution: ({ stateMachineArn }) => onMachine('StartExecution', stateMachineArn),
      DescribeExecution: ({ executionArn }) => onMachine('DescribeExecution', executionArn),
      GetExecutionHistory: ({ executionArn }) => onMachine('GetExecutionHistory', executionArn),
      StopExecution: ({ executionArn }) => onMachine('StopExecution', executionArn),
      RedriveExecution: ({ executionArn }) => onMachine('RedriveExecution', executionArn),
      ListExecutions: ({ stateMachineArn }) => onMachine('ListExecutions', stateMachineArn),
      SendTaskSuccess: onToken('SendTaskSuccess'),
      SendTaskFailure: onToken('SendTaskFailure'),
      SendTaskHeartbeat: onToken('SendTaskHeartbeat'),
      DescribeStateMachine: ({ stateMachineArn }) => onMachine('DescribeStateMachine', stateMachineArn),
    },
    async start() {
      executions.abandon();
    },
    stop: () => executions.close(),
    operations: {
      ...machineOperations(cloud, machines),
      ...executionOperations(machines, executions, cloud.clock),
    },
  };
}

export const stepfunctions: ServiceDefinition<'sfn'> = {
  id: 'sfn',
  facts: {
    package: '@aws-sdk/client-sfn',
    signingName: 'states',
    iamPrefix: 'states',
    protocol: 'awsJson1_0',
    target: 'AWSStepFunctions',
    invalidInput: 'ValidationException',
  },
  resourceTypes: stateMachineTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    sfn: SFN;
  }
}

declare module '../../core/service' {
  interface Settings {
    sfn?: StepFunctionsSettings;
  }
}
