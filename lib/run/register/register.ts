import { Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateModelPackageCommandInput,
  UpdateModelPackageCommandInput,
} from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { EVALUATION_FILE } from '../../contract/layout';
import { wholeMetrics } from '../../contract/metrics';
import type { Permission } from '../../platform/role';
import { jsonata } from '../../states/jsonata';
import { onceInRun } from '../../states/once';
import { otherwise, when, type Phase, type PhaseExit } from '../../states/phase';
import { CALL_TIMEOUT, ServiceTask } from '../../states/service-task';
import type { RunContext } from '../shared/context';
import type { ModelRegistry } from '../../platform/model-registry';

/**
 * Registers every evaluated model as a version, whatever the gate's decision, with its lineage to data and code. Reads
 * `$plan`, `$training`, `$images`, `$inferenceImage` and `$decision`; assigns `$modelPackage`, its ARN.
 */
export class RegisterPhase extends Construct implements Phase<'accepted' | 'rejected'> {
  readonly startState: sfn.TaskStateBase;
  readonly exits: Readonly<Record<'accepted' | 'rejected', PhaseExit>>;

  constructor(scope: Construct, id: string, { config, registry }: RunContext) {
    super(scope, id);
    const accepted = config.approval ? 'PendingManualApproval' : 'Approved';
    this.startState = new ServiceTask<CreateModelPackageCommandInput>(this, 'Register', {
      stateName: 'Register model',
      action: 'aws-sdk:sagemaker:createModelPackage',
      arguments: {
        ModelPackageGroupName: registry.groupName,
        // A second call of the run gets the package of the first.
        ClientToken: onceInRun('package'),
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
      permissions: [onPackages(this, registry, 'CreateModelPackage')],
      assign: { modelPackage: jsonata('$states.result.ModelPackageArn') },
      outputs: {},
    });
    const goodEnough = sfn.Choice.jsonata(this, 'GoodEnough', { stateName: 'Good enough?' });
    this.startState.next(goodEnough);
    this.exits = { accepted: when(goodEnough, '$decision.accepted'), rejected: otherwise(goodEnough) };
  }
}

/** Updates the approval status of a model that waited for a person. @param reason expression */
export function settlePackage(
  scope: Construct,
  registry: ModelRegistry,
  props: {
    readonly stateName: string;
    readonly status: 'Approved' | 'Rejected';
    readonly reason: string;
  },
): sfn.TaskStateBase {
  const task = new ServiceTask<UpdateModelPackageCommandInput>(scope, `Settle${props.status}`, {
    stateName: props.stateName,
    action: 'aws-sdk:sagemaker:updateModelPackage',
    arguments: {
      ModelPackageArn: jsonata('$modelPackage'),
      ModelApprovalStatus: props.status,
      ApprovalDescription: jsonata(`$substring(${props.reason}, 0, 1024)`),
    },
    timeout: CALL_TIMEOUT,
    permissions: [onPackages(scope, registry, 'UpdateModelPackage')],
    outputs: {},
  });
  return task;
}

/** Allows an action on every version of the group. */
function onPackages(
  scope: Construct,
  { groupName }: ModelRegistry,
  action: 'CreateModelPackage' | 'UpdateModelPackage',
): Permission {
  const resourceName = `${groupName}/*`;
  return {
    actions: [`sagemaker:${action}`],
    resources: [Stack.of(scope).formatArn({ service: 'sagemaker', resource: 'model-package', resourceName })],
    because: 'the registry numbers the versions of the group',
  };
}

/** CustomMetadataProperties has 50 entries, of which lineage and images take up to 40. */
const MAX_REGISTERED = 10;

/** Returns the metrics that the registry shows as properties, where the evaluation has them. */
function registered({ metrics }: PipelineConfig): string[] {
  return wholeMetrics(metrics).slice(0, MAX_REGISTERED);
}
