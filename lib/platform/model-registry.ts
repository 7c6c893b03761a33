import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { removalPolicy } from './retention';

export interface ModelRegistryProps {
  /** Name of the group: SageMaker generates none. */
  readonly groupName: string;
  /** Keep the group when the stack is deleted. A group with versions cannot be deleted: `mlops empty` comes first. */
  readonly retain: boolean;
}

/** The registry of every evaluated model: a version per model, with its lineage and approval status. */
export class ModelRegistry extends Construct {
  readonly groupName: string;

  constructor(scope: Construct, id: string, { groupName, retain }: ModelRegistryProps) {
    super(scope, id);
    const group = new CfnModelPackageGroup(this, 'Group', {
      modelPackageGroupName: groupName,
      modelPackageGroupDescription: 'Models of the training pipeline, one version per run',
    });
    group.applyRemovalPolicy(removalPolicy(retain));
    this.groupName = groupName;
  }
}
