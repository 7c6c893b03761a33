import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { ECR } from '@aws-sdk/client-ecr';
import { S3 } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { SFN } from '@aws-sdk/client-sfn';
import { startLocalCloud } from '../../src';
import { coreOf } from '../../src/core/core-of';
import { pushProgram } from '../../src/testing/image';

const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
export const BUCKET = 'artifacts';
export const ENDPOINT = 'endpoint';
export const GROUP = 'models';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/pipeline`;
export const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:pipeline`;
const REPOSITORY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/programs`;

/** Trains a model that knows its name, and serves it. */
const PROGRAM = `
const fs = require('node:fs');
const { join } = require('node:path');
const model = join(process.env.SAGEMAKER_BASE_DIR, 'model', 'name');
process.on('SIGTERM', () => process.exit(143));
if (process.argv[2] === 'train') fs.writeFileSync(model, process.env.TRAINING_JOB_NAME);
else {
  const name = fs.readFileSync(model);
  require('node:http').createServer((request, response) => response.end(request.url === '/ping' ? '' : name))
    .listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
}`;

/** The parts of a pipeline: trains, registers, deploys, waits, and records the champion. */
function definition(image: string): object {
  const name = '{% $states.context.Execution.Name %}';
  const artifact = `{% 's3://${BUCKET}/' & $states.context.Execution.Name & '/output/model.tar.gz' %}`;
  const task = (resource: string, Arguments: object, Next: string) => ({
    ...{ Type: 'Task', Resource: `arn:aws:states:::${resource}`, Arguments, Next },
  });
  const container = { Image: image, ModelDataUrl: artifact };
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'Train',
    States: {
      Train: task(
        'sagemaker:createTrainingJob.sync',
        {
          TrainingJobName: name,
          RoleArn: ROLE,
          AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
          OutputDataConfig: { S3OutputPath: `s3://${BUCKET}` },
          ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 },
          StoppingCondition: { MaxRuntimeInSeconds: 600 },
        },
        'Register',
      ),
      Register: task(
        'aws-sdk:sagemaker:createModelPackage',
        {
          ModelPackageGroupName: GROUP,
          ModelPackageDescription: name,
          InferenceSpecification: {
            Containers: [container],
            SupportedContentTypes: ['text/plain'],
            SupportedResponseMIMETypes: ['text/plain'],
          },
        },
        'Create',
      ),
      Create: task(
        'aws-sdk:sagemaker:createModel',
        { ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer: container },
        'Configure',
      ),
      Configure: task(
        'aws-sdk:sagemaker:createEndpointConfig',
        {
          EndpointConfigName: name,
          ProductionVariants: [
            { VariantName: 'all', ModelName: name, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 },
          ],
        },
        'Update',
      ),
      Update: task(
        'aws-sdk:sagemaker:updateEndpoint',
        { EndpointName: ENDPOINT, EndpointConfigName: name },
        'Wait',
      ),
      Wait: { Type: 'Wait', Seconds: 1, Next: 'Look' },
      Look: {
        ...task('aws-sdk:sagemaker:describeEndpoint', { EndpointName: ENDPOINT }, 'Deployed?'),
        Output: '{% $states.result %}',
      },
      'Deployed?': {
        Type: 'Choice',
        Choices: [
          { Condition: "{% $states.input.EndpointStatus = 'Updating' %}", Next: 'Wait' },
          {
            Condition: '{% $states.input.EndpointConfigName = $states.context.Execution.Name %}',
            Next: 'Record',
          },
        ],
        Default: 'Rolled back',
      },
      'Rolled back': { Type: 'Fail', Error: 'RolledBack' },
      Record: {
        ...task(
          'aws-sdk:s3:putObject',
          { Bucket: BUCKET, Key: 'champion', Body: '{% $states.context.Execution.Name %}' },
          '',
        ),
        ...{ Next: undefined, End: true },
      },
    },
  };
}

const statement = (Action: string | string[], more: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, ...more }],
});

/** Makes an account with the pipeline in a state directory, and its first champion, whose name is `first`. */
export async function makeAccount(stateDirectory: string): Promise<void> {
  const cloud = await startLocalCloud({ stateDirectory, python: 'python3', apiPort: 0 });
  try {
    const options = cloud.clientOptions();
    const s3 = new S3({ ...options, forcePathStyle: true });
    const sagemaker = new SageMaker(options);
    await new ECR(options).createRepository({ repositoryName: 'programs' });
    const digest = await pushProgram(coreOf(cloud), `${REPOSITORY}:1`, PROGRAM);
    const cloudformation = new CloudFormation(options);
    const template = {
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: 'pipeline',
            AssumeRolePolicyDocument: statement('sts:AssumeRole', {
              Principal: { Service: ['states.amazonaws.com', 'sagemaker.amazonaws.com'] },
            }),
            Policies: [{ PolicyName: 'all', PolicyDocument: statement('*', { Resource: '*' }) }],
          },
        },
        Bucket: {
          Type: 'AWS::S3::Bucket',
          Properties: { BucketName: BUCKET, VersioningConfiguration: { Status: 'Enabled' } },
        },
        Machine: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            ...{ StateMachineName: 'pipeline', RoleArn: ROLE },
            DefinitionString: JSON.stringify(definition(`${REPOSITORY}@${digest}`)),
          },
          DependsOn: ['Role', 'Bucket'],
        },
      },
    };
    await cloudformation.createStack({
      StackName: 'pipeline',
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    for (;;) {
      const { Stacks } = await cloudformation.describeStacks({ StackName: 'pipeline' });
      const { StackStatus, StackStatusReason } = Stacks![0]!;
      if (StackStatus === 'CREATE_COMPLETE') break;
      if (StackStatus !== 'CREATE_IN_PROGRESS') throw new Error(`${StackStatus}: ${StackStatusReason}`);
    }
    await sagemaker.createModelPackageGroup({ ModelPackageGroupName: GROUP });
    await bringUp(sagemaker, new SFN(options), s3);
  } finally {
    await cloud.close();
  }
}

/** A first run fails at the endpoint, which does not exist yet; its configuration serves. */
async function bringUp(sagemaker: SageMaker, sfn: SFN, s3: S3): Promise<void> {
  const { executionArn } = await sfn.startExecution({ stateMachineArn: MACHINE, name: 'first' });
  for (let status = 'RUNNING'; status === 'RUNNING'; )
    status = (await sfn.describeExecution({ executionArn })).status!;
  await sagemaker.createEndpoint({ EndpointName: ENDPOINT, EndpointConfigName: 'first' });
  for (let status = 'Creating'; status === 'Creating'; )
    status = (await sagemaker.describeEndpoint({ EndpointName: ENDPOINT })).EndpointStatus!;
  await s3.putObject({ Bucket: BUCKET, Key: 'champion', Body: 'first' });
}
