import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { notSupported, ServiceError } from '../../model/errors';
import type { Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { listed } from './listing';
import { checkGroup, checkMetadataCount, checkPackage, checkPackageUpdate } from './model-package-limits';
import { groupArn, ModelPackages, packageArn } from './model-packages';
import { validation } from './request-limits';
import type { PackageGroup, SageMakerContext } from './state';

/** The model registry: groups of model packages, which are versions of one model. */
export function modelPackageOperations(context: SageMakerContext): Operations<'sagemaker'> {
  const { cloud, state, store } = context;
  const packages = new ModelPackages(context);

  /** ARNs by the tokens of this process's requests: a repeated one is answered with the first one's package. */
  const tokens = new Map<string, string>();

  function publish(model: DescribeModelPackageOutput): void {
    store.changed();
    const { ModelPackageName: _, CreationTime, LastModifiedTime, ...rest } = model;
    const detail = {
      ...rest,
      CreationTime: wholeSeconds(CreationTime!),
      ...(LastModifiedTime && { LastModifiedTime: wholeSeconds(LastModifiedTime) }),
    };
    cloud.events.publish({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Model Package State Change',
      detail,
      resources: [model.ModelPackageArn!],
    });
  }

  return {
    async CreateModelPackageGroup(request) {
      checkGroup(request);
      const { Tags, ModelPackageGroupName: name = '', ModelPackageGroupDescription } = request;
      const arn = groupArn(cloud, name);
      const taken = Object.values(state.modelPackageGroups).some(
        ({ ModelPackageGroupArn }) => ModelPackageGroupArn === arn,
      );
      if (taken) throw validation(`Model Package Group already exists: ${arn}`);
      state.modelPackageGroups[name] = {
        ModelPackageGroupName: name,
        ModelPackageGroupArn: arn,
        ...(ModelPackageGroupDescription !== undefined && { ModelPackageGroupDescription }),
        CreationTime: new Date(cloud.clock.now()),
        CreatedBy: {},
        ModelPackageGroupStatus: 'Completed',
        lastVersion: 0,
      };
      if (Tags) state.tags[arn] = Tags;
      store.changed();
      return { ModelPackageGroupArn: arn };
    },

    async DescribeModelPackageGroup({ ModelPackageGroupName = '' }) {
      return described(packages.group(ModelPackageGroupName));
    },

    async DeleteModelPackageGroup({ ModelPackageGroupName = '' }) {
      const group = packages.group(ModelPackageGroupName);
      const count = packages.versions(group).length;
      if (count > 0) {
        throw new ServiceError(
          'ConflictException',
          `Model Package Group ${group.ModelPackageGroupArn} cannot be deleted because it still has ${count} model package${count === 1 ? '' : 's'}.`,
        );
      }
      delete state.modelPackageGroups[group.ModelPackageGroupName!];
      delete state.tags[group.ModelPackageGroupArn!];
      store.changed();
      return {};
    },

    async ListModelPackageGroups(request) {
      if (request.CrossAccountFilterOption === 'CrossAccount') {
        throw notSupported('groups of other accounts', 'Leave CrossAccountFilterOption out.');
      }
      const key = ({ ModelPackageGroupName, CreationTime }: PackageGroup) => ({
        name: ModelPackageGroupName!,
        created: new Date(CreationTime!),
      });
      const { items, NextToken } = listed(Object.values(state.modelPackageGroups), key, request);
      const summaries = items.map((group) => {
        const { CreatedBy: _, ...summary } = described(group);
        return summary;
      });
      return { ModelPackageGroupSummaryList: summaries, NextToken };
    },

    async CreateModelPackage(request) {
      checkPackage(request);
      const { ModelPackageGroupName, ModelApprovalStatus, ClientToken, Tags: _, ...rest } = request;
      const earlier = ClientToken === undefined ? undefined : tokens.get(ClientToken);
      if (earlier !== undefined && state.modelPackages[earlier]) return { ModelPackageArn: earlier };
      const group = packages.group(ModelPackageGroupName!);
      const name = group.ModelPackageGroupName!;
      const version = ++group.lastVersion;
      const arn = packageArn(cloud, name, version);
      const model: DescribeModelPackageOutput = {
        ...rest,
        ModelPackageName: name,
        ModelPackageGroupName: name,
        ModelPackageVersion: version,
        ModelPackageArn: arn,
        CreationTime: new Date(cloud.clock.now()),
        ModelPackageStatus: 'Completed',
        ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
        CertifyForMarketplace: false,
        ModelApprovalStatus: ModelApprovalStatus ?? 'PendingManualApproval',
      };
      state.modelPackages[arn] = model;
      if (ClientToken !== undefined) tokens.set(ClientToken, arn);
      publish(model);
      return { ModelPackageArn: arn };
    },

    async DescribeModelPackage({ ModelPackageName = '' }) {
      return answer(packages.package(ModelPackageName));
    },

    async ListModelPackages({ ModelApprovalStatus, ModelPackageGroupName, ModelPackageType, ...request }) {
      // Every package in this cloud is a version of a group; versions are listed only by group, or if the request
      // includes them.
      const versioned =
        ModelPackageGroupName !== undefined || ['Versioned', 'Both'].includes(ModelPackageType!);
      const all =
        ModelPackageGroupName === undefined
          ? Object.values(state.modelPackages)
          : packages.versions(packages.group(ModelPackageGroupName));
      const found = all.filter(
        (model) =>
          versioned &&
          ModelPackageType !== 'Unversioned' &&
          (ModelApprovalStatus === undefined || model.ModelApprovalStatus === ModelApprovalStatus),
      );
      const key = ({ ModelPackageArn, CreationTime }: DescribeModelPackageOutput) => ({
        name: ModelPackageArn!.slice(ModelPackageArn!.indexOf('model-package/') + 'model-package/'.length),
        created: new Date(CreationTime!),
      });
      const { items, NextToken } = listed(found, key, request);
      return { ModelPackageSummaryList: items.map(summary), NextToken };
    },

    async UpdateModelPackage(request) {
      checkPackageUpdate(request);
      const { ModelPackageArn = '', ModelApprovalStatus, ApprovalDescription } = request;
      const model = packages.package(ModelPackageArn);
      const properties = { ...model.CustomerMetadataProperties, ...request.CustomerMetadataProperties };
      for (const key of request.CustomerMetadataPropertiesToRemove ?? []) delete properties[key];
      checkMetadataCount(properties);
      Object.assign(model, {
        ...(ModelApprovalStatus && { ModelApprovalStatus }),
        ...(ApprovalDescription !== undefined && { ApprovalDescription }),
        ...(Object.keys(properties).length > 0 && { CustomerMetadataProperties: properties }),
        LastModifiedTime: new Date(cloud.clock.now()),
      });
      if (Object.keys(properties).length === 0) delete model.CustomerMetadataProperties;
      publish(model);
      return { ModelPackageArn };
    },

    async DeleteModelPackage({ ModelPackageName = '' }) {
      const { ModelPackageArn } = packages.package(ModelPackageName);
      delete state.modelPackages[ModelPackageArn!];
      store.changed();
      return {};
    },
  };
}

/** Times in events, such as `2030-01-01T00:00:00Z`. */
function wholeSeconds(time: Date): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

function described({ lastVersion: _, ...group }: PackageGroup) {
  return answer(group);
}

function summary(model: DescribeModelPackageOutput) {
  const { ModelPackageGroupName, ModelPackageVersion, ModelPackageArn, ModelPackageDescription } = model;
  const { CreationTime, ModelPackageStatus, ModelApprovalStatus } = model;
  return answer({
    ...{ ModelPackageGroupName, ModelPackageVersion, ModelPackageArn, CreationTime },
    ...{ ModelPackageStatus, ModelApprovalStatus },
    ...(ModelPackageDescription !== undefined && { ModelPackageDescription }),
  });
}
