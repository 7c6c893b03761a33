import type { Tag } from '@aws-sdk/client-sagemaker';
import type { ResourceType } from '../../core/resource-type';

export const modelTypes: Record<string, ResourceType> = {
  // Name, description and tags cannot be changed through SageMaker's API: any change is another group.
  'AWS::SageMaker::ModelPackageGroup': {
    properties: ['ModelPackageGroupDescription', 'ModelPackageGroupName', 'Tags'],
    async create({ ModelPackageGroupName, ModelPackageGroupDescription, Tags }, { cloud, caller }) {
      const { ModelPackageGroupArn } = await cloud.call(
        'sagemaker',
        'CreateModelPackageGroup',
        {
          ModelPackageGroupName: ModelPackageGroupName as string,
          ...(ModelPackageGroupDescription !== undefined && {
            ModelPackageGroupDescription: ModelPackageGroupDescription as string,
          }),
          ...(Tags !== undefined && { Tags: Tags as Tag[] }),
        },
        caller,
      );
      const { CreationTime } = await cloud.call(
        'sagemaker',
        'DescribeModelPackageGroup',
        { ModelPackageGroupName: ModelPackageGroupArn },
        caller,
      );
      return {
        physicalId: ModelPackageGroupArn!,
        attributes: {
          ModelPackageGroupArn,
          CreationTime: CreationTime!.toISOString(),
          ModelPackageGroupStatus: 'Completed',
        },
      };
    },
    async delete({ physicalId }, { cloud, caller }) {
      const input = { ModelPackageGroupName: physicalId };
      await cloud.call('sagemaker', 'DeleteModelPackageGroup', input, caller);
    },
  },
};
