/**
 * Parameters that Step Functions' optimized integrations of SageMaker accept. Any other one ends the execution as
 * `States.Runtime`: `The field "S3Operations" is not supported by Step Functions`
 * (aws/aws-step-functions-data-science-sdk-python issue 15).
 *
 * The Developer Guide listed them until 2023 (awsdocs/aws-step-functions-developer-guide, commit 3d6752c,
 * `doc_source/connect-sagemaker.md`); today's page names only the operations. What was added since is known from who
 * uses it, each with its reference.
 */
type Parameters = Readonly<Record<string, string>>;

const GUIDE = 'Developer Guide, 2023-06-15';
const CDK = 'aws-cdk-lib 2.276.0, aws-stepfunctions-tasks';
const SCIENCE = 'aws-step-functions-data-science-sdk-python 2.3.0, steps/sagemaker.py';

const listed = (...names: string[]): Parameters => Object.fromEntries(names.map((name) => [name, GUIDE]));

const OPERATIONS: Readonly<Record<string, Parameters>> = {
  CreateTrainingJob: {
    ...listed(
      'AlgorithmSpecification',
      'HyperParameters',
      'InputDataConfig',
      'OutputDataConfig',
      'ResourceConfig',
    ),
    ...listed('RoleArn', 'StoppingCondition', 'Tags', 'TrainingJobName', 'VpcConfig'),
    Environment: CDK,
    EnableNetworkIsolation: CDK,
    // "now supported", says a member of the team of Step Functions.
    EnableManagedSpotTraining: 'aws-step-functions-data-science-sdk-python issue 42, 2021-09-11',
    // The same SDK's step passes it on.
    CheckpointConfig: 'sagemaker-python-sdk 2.x, workflow/airflow.py, training_config (issue 2416)',
    DebugHookConfig: SCIENCE,
    ExperimentConfig: SCIENCE,
    // A published definition has it; nobody says that it has run.
    EnableInterContainerTrafficEncryption: 'not proven',
  },
  CreateProcessingJob: {
    ...listed('AppSpecification', 'Environment', 'ExperimentConfig', 'NetworkConfig', 'ProcessingInputs'),
    ...listed('ProcessingJobName', 'ProcessingOutputConfig', 'ProcessingResources', 'RoleArn'),
    ...listed('StoppingCondition', 'Tags'),
  },
  CreateTransformJob: {
    ...listed(
      'BatchStrategy',
      'Environment',
      'MaxConcurrentTransforms',
      'MaxPayloadInMB',
      'ModelName',
      'Tags',
    ),
    ...listed('TransformInput', 'TransformJobName', 'TransformOutput', 'TransformResources'),
    ModelClientConfig: CDK,
    ExperimentConfig: SCIENCE,
  },
  CreateModel: listed(
    ...['Containers', 'EnableNetworkIsolation', 'ExecutionRoleArn', 'ModelName', 'PrimaryContainer', 'Tags'],
    'VpcConfig',
  ),
  CreateEndpointConfig: listed('EndpointConfigName', 'KmsKeyId', 'ProductionVariants', 'Tags'),
  CreateEndpoint: listed('EndpointConfigName', 'EndpointName', 'Tags'),
  UpdateEndpoint: listed('EndpointConfigName', 'EndpointName'),
};

/** Returns the arguments of an optimized task that Step Functions refuses; none where no list is known. */
export function refusedParameters(operation: string, names: readonly string[]): string[] {
  const supported = OPERATIONS[operation];
  return supported ? names.filter((name) => !(name in supported)) : [];
}

/** Returns the parameters that an optimized task supports, each with its source; undefined where no list is known. */
export function parameterSources(operation: string): Parameters | undefined {
  return OPERATIONS[operation];
}
