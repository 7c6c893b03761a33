import type { LoggingConfiguration } from '@aws-sdk/client-sfn';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import type { Permission } from '../../core/service';
import { jobRules } from './definition';

const SERVICE = 'states.amazonaws.com';

/**
 * Permissions with which Step Functions manages deliveries to a log group (Developer Guide, "Logging in CloudWatch
 * Logs").
 */
const LOG_ACTIONS = {
  create: [
    'CreateLogDelivery',
    'GetLogDelivery',
    'ListLogDeliveries',
    'PutResourcePolicy',
    'DescribeResourcePolicies',
    'DescribeLogGroups',
  ],
  update: ['UpdateLogDelivery'],
} as const;

interface Machine {
  arn: string;
  roleArn: string;
  definition: string;
  loggingConfiguration?: LoggingConfiguration;
}

/**
 * Opens a session of the state machine's role.
 *
 * @throws ServiceError AccessDeniedException if the role does not trust Step Functions
 */
export function assumeMachineRole(
  cloud: Cloud,
  { arn, roleArn }: Pick<Machine, 'arn' | 'roleArn'>,
  sessionName: string,
): Principal {
  try {
    return cloud.assumeRole(SERVICE, roleArn, sessionName, arn);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError(
      'AccessDeniedException',
      `Neither the global service principal ${SERVICE}, nor the regional one is authorized to assume the provided role.`,
    );
  }
}

/**
 * Authorizes the actions that Step Functions takes with a state machine's role on create and update: it creates the
 * rules of `.sync` jobs and the delivery of its log.
 *
 * @throws ServiceError AccessDeniedException
 */
export function authorizeMachine(cloud: Cloud, machine: Machine, change: keyof typeof LOG_ACTIONS): void {
  const principal = assumeMachineRole(cloud, machine, 'StepFunctions');
  for (const rule of jobRules(machine.definition, cloud.services.model)) {
    ask(cloud, principal, rulePermissions(cloud, rule), () => managedRule(machine.roleArn));
  }
  const { level = 'OFF', destinations = [] } = machine.loggingConfiguration ?? {};
  if (level === 'OFF' || destinations.length === 0) return;
  const permissions = LOG_ACTIONS[change].map((action) => ({ action: `logs:${action}`, resources: ['*'] }));
  ask(cloud, principal, permissions, logDestination);
}

/** Permissions to create and read the EventBridge rule that informs Step Functions of a job's end. */
export function rulePermissions(cloud: Cloud, rule: string): Permission[] {
  const resources = [cloud.arn('events', `rule/${rule}`)];
  return ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'].map((action) => ({
    action,
    resources,
  }));
}

function ask(
  cloud: Cloud,
  principal: Principal,
  permissions: readonly Permission[],
  refusal: (reason: string) => string,
): void {
  try {
    for (const permission of permissions) cloud.authorize({ principal }, permission, 'sfn');
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError('AccessDeniedException', refusal(error.message));
  }
}

const managedRule = (roleArn: string) => `'${roleArn}' is not authorized to create managed-rule.`;
const logDestination = (reason: string) =>
  `The state machine IAM Role is not authorized to access the Log Destination: ${reason}`;
