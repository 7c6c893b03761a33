import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';

export interface ModelRegistryProps {
  /** Name of the group: SageMaker makes none by itself. */
  readonly groupName: string;
  /** Keep the group when the stack is deleted. One that has versions cannot be deleted in any case. */
  readonly retain: boolean;
}

/** Every model that was evaluated, each a version of one group, with what it was made of and whether it may serve. */
export class ModelRegistry extends Construct {
  readonly groupName: string;

  constructor(scope: Construct, id: string, { groupName, retain }: ModelRegistryProps) {
    super(scope, id);
    const group = new CfnModelPackageGroup(this, 'Group', {
      modelPackageGroupName: groupName,
      modelPackageGroupDescription: 'Models of the training pipeline, a version a run',
    });
    group.applyRemovalPolicy(retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    this.groupName = groupName;
  }
}
