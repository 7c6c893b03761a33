import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import { validation } from './request-limits';
import type { PackageGroup, SageMakerContext } from './state';

export function groupArn(cloud: Cloud, name: string): string {
  return cloud.arn('sagemaker', `model-package-group/${name.toLowerCase()}`);
}

export function packageArn(cloud: Cloud, group: string, version: number | string): string {
  return cloud.arn('sagemaker', `model-package/${group.toLowerCase()}/${version}`);
}

/** Finds groups and packages by name or ARN. */
export class ModelPackages {
  constructor(private readonly context: Pick<SageMakerContext, 'cloud' | 'state'>) {}

  /** @throws ServiceError ValidationException */
  group(nameOrArn: string): PackageGroup {
    const { cloud, state } = this.context;
    const arn = nameOrArn.startsWith('arn:') ? nameOrArn : groupArn(cloud, nameOrArn);
    const group = Object.values(state.modelPackageGroups).find(
      ({ ModelPackageGroupArn }) => ModelPackageGroupArn === arn,
    );
    if (group) return group;
    throw validation(`Model Package Group ${arn} does not exist.`);
  }

  /**
   * @param arn packages of a group have no other name
   * @throws ServiceError ValidationException
   */
  package(arn: string): DescribeModelPackageOutput {
    const found = this.context.state.modelPackages[arn];
    if (found) return found;
    throw validation(`ModelPackage ${arn} does not exist.`);
  }

  versions(group: PackageGroup): DescribeModelPackageOutput[] {
    return Object.values(this.context.state.modelPackages).filter(
      ({ ModelPackageGroupName }) => ModelPackageGroupName === group.ModelPackageGroupName,
    );
  }
}
