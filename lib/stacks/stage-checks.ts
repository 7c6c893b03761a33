import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/**
 * cdk-nag's AwsSolutions rules for one stage; cdk-nag itself would check the whole app once for each stage that uses
 * it.
 */
export class StageChecks extends AwsSolutionsChecks {
  constructor(private readonly stage: IConstruct) {
    super(stage);
  }

  override validate(): ReturnType<AwsSolutionsChecks['validate']> {
    return this.validateScope(this.stage);
  }
}
