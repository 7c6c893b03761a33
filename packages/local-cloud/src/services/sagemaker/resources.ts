import type { Tag } from '@aws-sdk/client-sagemaker';
import type { Created, ResourceContext, ResourceType } from '../../core/resource-type';

export const modelTypes: Record<string, ResourceType> = {
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
      return describe(ModelPackageGroupArn!, { cloud, caller });
    },
    adopt: { identifier: 'ModelPackageGroupArn', find: describe },
    // SageMaker's API can change only the tags of a group.
    async update({ Tags = [] }, { cloud, caller }, before) {
      const tags = Tags as Tag[];
      const removed = ((before.properties.Tags ?? []) as Tag[]).filter(
        ({ Key }) => !tags.some((tag) => tag.Key === Key),
      );
      const ResourceArn = before.physicalId;
      if (removed.length > 0) {
        const TagKeys = removed.map(({ Key }) => Key!);
        await cloud.call('sagemaker', 'DeleteTags', { ResourceArn, TagKeys }, caller);
      }
      if (tags.length > 0) await cloud.call('sagemaker', 'AddTags', { ResourceArn, Tags: tags }, caller);
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      const input = { ModelPackageGroupName: physicalId };
      await cloud.call('sagemaker', 'DeleteModelPackageGroup', input, caller);
    },
  },
};

async function describe(
  ModelPackageGroupArn: string,
  { cloud, caller }: Pick<ResourceContext, 'cloud' | 'caller'>,
): Promise<Created> {
  const input = { ModelPackageGroupName: ModelPackageGroupArn };
  const { CreationTime } = await cloud.call('sagemaker', 'DescribeModelPackageGroup', input, caller);
  return {
    physicalId: ModelPackageGroupArn,
    attributes: {
      ModelPackageGroupArn,
      CreationTime: CreationTime!.toISOString(),
      ModelPackageGroupStatus: 'Completed',
    },
  };
}
