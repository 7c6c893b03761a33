import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { DefinitionBody, Map, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { join } from 'node:path';

/** Counts the words of every text in a bucket, one text at a time in each of four branches, every hour. */
const stack = new Stack(new App(), 'WordCount');

const texts = new Bucket(stack, 'Texts', { removalPolicy: RemovalPolicy.DESTROY });

const [list, count] = ['list', 'count'].map(
  (name) =>
    new Function(stack, name, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(join(import.meta.dirname, 'functions', name)),
      environment: { BUCKET: texts.bucketName },
    }),
);
texts.grantRead(list);
texts.grantRead(count);

const counting = new Map(stack, 'Count each text', { itemsPath: '$.keys', maxConcurrency: 4 });
counting.itemProcessor(
  new LambdaInvoke(stack, 'Count words', { lambdaFunction: count, payloadResponseOnly: true }),
);
const machine = new StateMachine(stack, 'Machine', {
  definitionBody: DefinitionBody.fromChainable(
    new LambdaInvoke(stack, 'List texts', { lambdaFunction: list, payloadResponseOnly: true }).next(counting),
  ),
});

new Schedule(stack, 'Hourly', {
  schedule: ScheduleExpression.cron({ minute: '0' }),
  target: new StepFunctionsStartExecution(machine, {}),
});

new CfnOutput(stack, 'Bucket', { value: texts.bucketName });
new CfnOutput(stack, 'StateMachine', { value: machine.stateMachineArn });
