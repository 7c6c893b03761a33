import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateLogGroupCommandInput,
  DescribeLogGroupsCommandInput,
  PutRetentionPolicyCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { evaluatesByTransform } from '../config/programs';
import { endpointTarget } from '../serving/endpoint';
import { jsonata, literal, type PascalCase } from '../states/jsonata';
import { after, type Phase, type PhaseExit } from '../states/phase';
import { CALL_TIMEOUT, ServiceTask } from '../states/service-task';

const GROUPS = '/aws/sagemaker/';

/** Returns the log groups that SageMaker creates for a run's jobs, below {@link GROUPS}. */
function groupNames(config: PipelineConfig): string[] {
  const batch = config.endpoint.serving.kind === 'batch';
  const transforms = batch || evaluatesByTransform(config);
  return [
    ...['ProcessingJobs', 'TrainingJobs', ...(transforms ? ['TransformJobs'] : [])],
    ...(batch ? [] : [`Endpoints/${endpointTarget(config).endpointName}`]),
  ].map((name) => `${GROUPS}${name}`);
}

/**
 * Returns the ARNs as policies name log groups for all actions but tagging: with a trailing `:*` (CloudWatch Logs User
 * Guide, "Resources").
 */
function jobLogArns(scope: Construct, config: PipelineConfig): string[] {
  return groupNames(config).map((name) =>
    Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${name}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
}

/**
 * Gives the log groups of jobs and endpoint a retention before a job or a restored endpoint writes to them, so that a
 * failed run keeps no log for ever. SageMaker would create the groups without one, and all jobs of an account share them: a group without a
 * retention gets the environment's; an existing one is kept. The state machine does it itself: a function in a private
 * network would need an interface endpoint for it.
 */
export class JobLogs extends Construct implements Phase {
  readonly startState: sfn.Map;
  readonly exits: { readonly done: PhaseExit };

  constructor(scope: Construct, id: string, config: PipelineConfig) {
    super(scope, id);
    const find = new ServiceTask<PascalCase<DescribeLogGroupsCommandInput>>(this, 'Find', {
      stateName: 'Find job log',
      action: 'aws-sdk:cloudwatchlogs:describeLogGroups',
      arguments: { LogGroupNamePrefix: jsonata('$states.input') },
      timeout: CALL_TIMEOUT,
      // The role has this permission for the execution's own log in any case; the action has no narrower resource.
      permissions: [{ actions: ['logs:DescribeLogGroups'], resources: ['*'] }],
      assign: {
        kept: jsonata(
          "($group := $states.result.LogGroups[LogGroupName = $states.input]; $not($exists($group)) ? 'not yet' : $exists($group.RetentionInDays) ? 'limited' : 'for ever')",
        ),
      },
      outputs: jsonata('$states.input'),
    });
    const allow = (action: string) => [
      {
        actions: [action],
        resources: jobLogArns(this, config),
        because: 'the suffix of a log group name in a policy; the group itself is named',
      },
    ];
    const create = new ServiceTask<PascalCase<CreateLogGroupCommandInput>>(this, 'Create', {
      stateName: 'Create job log',
      action: 'aws-sdk:cloudwatchlogs:createLogGroup',
      arguments: { LogGroupName: jsonata('$states.input') },
      timeout: CALL_TIMEOUT,
      permissions: allow('logs:CreateLogGroup'),
      outputs: jsonata('$states.input'),
    });
    const limit = new ServiceTask<PascalCase<PutRetentionPolicyCommandInput>>(this, 'Limit', {
      stateName: 'Limit job log',
      action: 'aws-sdk:cloudwatchlogs:putRetentionPolicy',
      arguments: { LogGroupName: jsonata('$states.input'), RetentionInDays: config.logRetentionDays },
      timeout: CALL_TIMEOUT,
      permissions: allow('logs:PutRetentionPolicy'),
      outputs: {},
    });
    const kept = sfn.Pass.jsonata(this, 'Kept', { stateName: 'Keep job log', outputs: {} });
    create.next(limit);
    // Another run, or SageMaker, created it meanwhile.
    create.addCatch(limit, {
      errors: ['CloudWatchLogs.ResourceAlreadyExistsException'],
      outputs: jsonata('$states.input'),
    });
    // A log that costs some cents more does not fail the run; the next run tries again.
    for (const task of [find, create, limit]) task.addCatch(kept, { errors: ['States.ALL'], outputs: {} });
    find.next(
      sfn.Choice.jsonata(this, 'Limited', { stateName: 'Job log limited?' })
        .when(sfn.Condition.jsonata(jsonata("$kept = 'not yet'")), create)
        .when(sfn.Condition.jsonata(jsonata("$kept = 'for ever'")), limit)
        .otherwise(kept),
    );
    this.startState = sfn.Map.jsonata(this, 'Logs', {
      stateName: 'Limit job logs',
      items: sfn.ProvideItems.jsonata(jsonata(literal(groupNames(config)))),
      outputs: {},
    }).itemProcessor(find);
    this.exits = { done: after(this.startState) };
  }
}
