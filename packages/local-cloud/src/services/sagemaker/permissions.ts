import type { Cloud } from '../../core/cloud';
import type { PermissionContext, Service } from '../../core/service';
import { passTo } from '../../core/pass-role';

/** The IAM actions and resource ARNs that each operation needs; SageMaker lower-cases names in ARNs. */
export function permissions(cloud: Cloud): Service<'sagemaker'>['permissions'] {
  const arn = (kind: string, name = '*') => cloud.arn('sagemaker', `${kind}/${name.toLowerCase()}`);
  const on = (action: string, ...resources: string[]) => ({ action: `sagemaker:${action}`, resources });
  /** A create operation with tags also needs AddTags. */
  const create = (action: string, resource: string, tags?: readonly unknown[]) => [
    on(action, resource),
    ...(tags?.length ? [on('AddTags', resource)] : []),
  ];
  const passRole = (role = '') => passTo(role, 'sagemaker.amazonaws.com');
  return {
    CreateTrainingJob: (input) => [
      ...create('CreateTrainingJob', arn('training-job', input.TrainingJobName), input.Tags),
      passRole(input.RoleArn),
    ],
    DescribeTrainingJob: (input) => on('DescribeTrainingJob', arn('training-job', input.TrainingJobName)),
    StopTrainingJob: (input) => on('StopTrainingJob', arn('training-job', input.TrainingJobName)),
    CreateProcessingJob: (input) => [
      ...create('CreateProcessingJob', arn('processing-job', input.ProcessingJobName), input.Tags),
      passRole(input.RoleArn),
    ],
    DescribeProcessingJob: (input) =>
      on('DescribeProcessingJob', arn('processing-job', input.ProcessingJobName)),
    StopProcessingJob: (input) => on('StopProcessingJob', arn('processing-job', input.ProcessingJobName)),
    CreateTransformJob: (input) =>
      create('CreateTransformJob', arn('transform-job', input.TransformJobName), input.Tags),
    DescribeTransformJob: (input) => on('DescribeTransformJob', arn('transform-job', input.TransformJobName)),
    StopTransformJob: (input) => on('StopTransformJob', arn('transform-job', input.TransformJobName)),
    CreateModel: (input) => [
      ...create('CreateModel', arn('model', input.ModelName), input.Tags),
      passRole(input.ExecutionRoleArn),
    ],
    DescribeModel: (input) => on('DescribeModel', arn('model', input.ModelName)),
    DeleteModel: (input) => on('DeleteModel', arn('model', input.ModelName)),
    CreateEndpointConfig: (input) =>
      create('CreateEndpointConfig', arn('endpoint-config', input.EndpointConfigName), input.Tags),
    DescribeEndpointConfig: (input) =>
      on('DescribeEndpointConfig', arn('endpoint-config', input.EndpointConfigName)),
    DeleteEndpointConfig: (input) =>
      on('DeleteEndpointConfig', arn('endpoint-config', input.EndpointConfigName)),
    CreateEndpoint: (input) => [
      on(
        'CreateEndpoint',
        arn('endpoint', input.EndpointName),
        arn('endpoint-config', input.EndpointConfigName),
      ),
      ...(input.Tags?.length ? [on('AddTags', arn('endpoint', input.EndpointName))] : []),
    ],
    UpdateEndpoint: (input) =>
      on(
        'UpdateEndpoint',
        arn('endpoint', input.EndpointName),
        arn('endpoint-config', input.EndpointConfigName),
      ),
    UpdateEndpointWeightsAndCapacities: (input) =>
      on('UpdateEndpointWeightsAndCapacities', arn('endpoint', input.EndpointName)),
    DescribeEndpoint: (input) => on('DescribeEndpoint', arn('endpoint', input.EndpointName)),
    DeleteEndpoint: (input) => on('DeleteEndpoint', arn('endpoint', input.EndpointName)),
    CreateModelPackageGroup: (input) =>
      create(
        'CreateModelPackageGroup',
        arn('model-package-group', nameOf(input.ModelPackageGroupName)),
        input.Tags,
      ),
    DescribeModelPackageGroup: (input) =>
      on('DescribeModelPackageGroup', arn('model-package-group', nameOf(input.ModelPackageGroupName))),
    DeleteModelPackageGroup: (input) =>
      on('DeleteModelPackageGroup', arn('model-package-group', nameOf(input.ModelPackageGroupName))),
    CreateModelPackage: (input) => ({
      ...on('CreateModelPackage', arn('model-package', `${nameOf(input.ModelPackageGroupName)}/*`)),
      context: packageKeys({ ModelApprovalStatus: 'PendingManualApproval', ...input }),
    }),
    DescribeModelPackage: (input) => on('DescribeModelPackage', input.ModelPackageName ?? '*'),
    UpdateModelPackage: (input) => ({
      ...on('UpdateModelPackage', input.ModelPackageArn ?? '*'),
      context: packageKeys(input),
    }),
    DeleteModelPackage: (input) => on('DeleteModelPackage', input.ModelPackageName ?? '*'),
    ListModelPackages: (input) =>
      on('ListModelPackages', arn('model-package', `${nameOf(input.ModelPackageGroupName) ?? '*'}/*`)),
    AddTags: (input) => on('AddTags', input.ResourceArn ?? '*'),
    DeleteTags: (input) => on('DeleteTags', input.ResourceArn ?? '*'),
    ListTags: (input) => on('ListTags', input.ResourceArn ?? '*'),
  };
}

/** Returns the name of a group that is given by name or ARN. */
function nameOf(group: string | undefined): string | undefined {
  return group?.slice(group.lastIndexOf('/') + 1);
}

/** Returns the condition keys that policies use to restrict approvals and properties. */
function packageKeys({
  ModelApprovalStatus,
  CustomerMetadataProperties = {},
}: {
  ModelApprovalStatus?: string;
  CustomerMetadataProperties?: Record<string, string>;
}): PermissionContext {
  return {
    ...(ModelApprovalStatus && { 'sagemaker:ModelApprovalStatus': ModelApprovalStatus }),
    ...Object.fromEntries(
      Object.entries(CustomerMetadataProperties).map(([key, value]) => [
        `sagemaker:CustomerMetadataProperties/${key}`,
        value,
      ]),
    ),
  };
}
