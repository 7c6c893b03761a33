import { DescribeStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListModelPackagesCommand,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { resourcePrefix } from '../../lib/config';
import { layout } from '../../lib/contract/layout';
import { executionArnOf, executionHistory } from '../execution';
import type { Pipeline } from '../pipeline';
import { runTasks, TRAINING_LOGS } from '../run-tasks';
import { shapeOf, type Shapes } from './shapes';

/** Describes all that a run that deployed a model has made, and returns the shapes of the answers. */
export async function lookAt(pipeline: Pipeline, runId: string): Promise<Shapes> {
  const { sfn, sagemaker, codebuild, logs, s3, outputs, config } = pipeline;
  const shapes: Record<string, readonly string[]> = {};
  const note = <Answer extends object>(operation: string, answer: Answer): Answer => {
    shapes[operation] = [...new Set([...(shapes[operation] ?? []), ...shapeOf(answer)])].sort();
    return answer;
  };
  const prefix = resourcePrefix(config);
  const executionArn = executionArnOf(outputs.StateMachineArn, runId);
  note('states:DescribeExecution', await sfn.send(new DescribeExecutionCommand({ executionArn })));
  const machine = new DescribeStateMachineCommand({ stateMachineArn: outputs.StateMachineArn });
  note('states:DescribeStateMachine', await sfn.send(machine));
  const events = await executionHistory(sfn, executionArn);
  note('states:GetExecutionHistory', { events });
  for (const task of runTasks(events)) {
    if (task.kind === 'build') {
      note('codebuild:BatchGetBuilds', await codebuild.send(new BatchGetBuildsCommand({ ids: [task.id] })));
    } else if (task.kind === 'job' && task.group === TRAINING_LOGS) {
      const job = new DescribeTrainingJobCommand({ TrainingJobName: task.name });
      note('sagemaker:DescribeTrainingJob', await sagemaker.send(job));
    } else if (task.kind === 'job') {
      const job = new DescribeProcessingJobCommand({ ProcessingJobName: task.name });
      note('sagemaker:DescribeProcessingJob', await sagemaker.send(job));
    }
  }
  const { EndpointConfigName } = note(
    'sagemaker:DescribeEndpoint',
    await sagemaker.send(new DescribeEndpointCommand({ EndpointName: outputs.EndpointName })),
  );
  const { ProductionVariants } = note(
    'sagemaker:DescribeEndpointConfig',
    await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName })),
  );
  const { ModelName } = ProductionVariants![0]!;
  const { PrimaryContainer } = note(
    'sagemaker:DescribeModel',
    await sagemaker.send(new DescribeModelCommand({ ModelName })),
  );
  const { ModelPackageSummaryList } = note(
    'sagemaker:ListModelPackages',
    await sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: outputs.ModelPackageGroupName }),
    ),
  );
  const ModelPackageName = ModelPackageSummaryList![0]!.ModelPackageArn;
  const version = new DescribeModelPackageCommand({ ModelPackageName });
  note('sagemaker:DescribeModelPackage', await sagemaker.send(version));
  const record = { Bucket: outputs.ArtifactsBucketName, Key: layout.record(runId) };
  note('s3:HeadObject', await s3.send(new HeadObjectCommand(record)));
  const stacks = new DescribeStacksCommand({ StackName: `${prefix}-Pipeline` });
  note('cloudformation:DescribeStacks', await new CloudFormationClient().send(stacks));
  const groups = new DescribeLogGroupsCommand({ logGroupNamePrefix: TRAINING_LOGS });
  note('logs:DescribeLogGroups', await logs.send(groups));
  const [repository = '', imageDigest] = PrimaryContainer!.Image!.split('@');
  const repositoryName = repository.slice(repository.indexOf('/') + 1);
  const images = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] });
  note('ecr:DescribeImages', await new ECRClient().send(images));
  return shapes;
}
