import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateModelPackageCommandInput,
  UpdateModelPackageCommandInput,
} from '@aws-sdk/client-sagemaker';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { EVALUATION_FILE } from '../../contract/layout';
import { wholeMetrics } from '../../contract/metrics';
import type { ModelRegistry } from '../../registry/model-registry';
import { CALL_TIMEOUT } from '../endpoint-tasks';
import { jsonata } from '../jsonata';
import { startRetry } from '../retry';
import { ServiceTask } from '../service-task';

export interface RegisterPhaseProps {
  readonly config: PipelineConfig;
  readonly registry: ModelRegistry;
  /** True if a person approves models. */
  readonly approval: boolean;
}

/**
 * Registers every evaluated model as a version, whatever the gate's decision, with its lineage to data and code. Reads
 * `$plan`, `$training`, `$images`, `$inferenceImage` and `$decision`; assigns `$modelPackage`, its ARN.
 */
export class RegisterPhase extends Construct {
  readonly state: sfn.TaskStateBase;
  private readonly registry: ModelRegistry;

  constructor(scope: Construct, id: string, { config, registry, approval }: RegisterPhaseProps) {
    super(scope, id);
    this.registry = registry;
    const accepted = approval ? 'PendingManualApproval' : 'Approved';
    this.state = new ServiceTask<CreateModelPackageCommandInput>(this, 'Register', {
      stateName: 'Register model',
      action: 'aws-sdk:sagemaker:createModelPackage',
      arguments: {
        ModelPackageGroupName: registry.groupName,
        ModelPackageDescription: jsonata("'Run ' & $plan.runId"),
        ModelApprovalStatus: jsonata(`$decision.accepted ? '${accepted}' : 'Rejected'`),
        InferenceSpecification: {
          Containers: [
            {
              Image: jsonata('$inferenceImage'),
              ModelDataUrl: jsonata('$training.modelDataUrl'),
              Environment: { MODEL_VERSION: jsonata('$plan.runId') },
            },
          ],
          SupportedContentTypes: config.api.accepts.map(({ contentType }) => contentType),
          SupportedResponseMIMETypes: config.api.returns,
        },
        ModelMetrics: {
          ModelQuality: {
            Statistics: {
              ContentType: 'application/json',
              S3Uri: jsonata(`$plan.uris.evaluation & '${EVALUATION_FILE}'`),
            },
          },
        },
        // Missing numbers leave their properties out.
        CustomerMetadataProperties: jsonata(
          "$merge([$plan.lineage, {'image.preprocessing': $images.preprocessing, 'image.training': $images.training, " +
            "'image.inference': $inferenceImage, 'headline': $decision.headline.name}, " +
            `$each($sift($decision.metrics, function($v, $k) {$k in ${JSON.stringify(registered(config))}}), function($v, $k) {{'metric.' & $k: $string($v)}})])`,
        ),
      },
      timeout: CALL_TIMEOUT,
      policies: [this.onPackages('CreateModelPackage')],
      assign: { modelPackage: jsonata('$states.result.ModelPackageArn') },
      outputs: {},
    });
    this.state.addRetry({ ...startRetry, errors: ['SageMaker.SageMakerException'] });
  }

  /** Updates the approval status of a model that waited for a person. */
  settle(
    scope: Construct,
    id: string,
    props: {
      readonly stateName: string;
      readonly status: 'Approved' | 'Rejected';
      /** Expression. */
      readonly reason: string;
    },
  ): sfn.TaskStateBase {
    const task = new ServiceTask<UpdateModelPackageCommandInput>(scope, id, {
      stateName: props.stateName,
      action: 'aws-sdk:sagemaker:updateModelPackage',
      arguments: {
        ModelPackageArn: jsonata('$modelPackage'),
        ModelApprovalStatus: props.status,
        ApprovalDescription: jsonata(`$substring(${props.reason}, 0, 1024)`),
      },
      timeout: CALL_TIMEOUT,
      policies: [this.onPackages('UpdateModelPackage')],
      outputs: {},
    });
    task.addRetry({ ...startRetry, errors: ['SageMaker.SageMakerException'] });
    return task;
  }

  private onPackages(action: 'CreateModelPackage' | 'UpdateModelPackage'): PolicyStatement {
    return new PolicyStatement({
      actions: [`sagemaker:${action}`],
      resources: [packagesArn(this, this.registry)],
    });
  }
}

/** Returns the ARN of every version of the group. */
export function packagesArn(scope: Construct, { groupName }: ModelRegistry): string {
  return Stack.of(scope).formatArn({
    service: 'sagemaker',
    resource: 'model-package',
    resourceName: `${groupName}/*`,
  });
}

/** CustomMetadataProperties has 50 entries, of which lineage and images take up to 40. */
const MAX_REGISTERED = 10;

/** Returns the metrics that the registry shows as properties, where the evaluation has them. */
function registered({ metrics }: PipelineConfig): string[] {
  return wholeMetrics(metrics).slice(0, MAX_REGISTERED);
}
