import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../../config';
import { RUN_ID } from '../../contract/environment';
import { runTags } from '../../contract/tags';
import type { DataStore } from '../../storage/data-store';
import { FunctionTask } from '../function-task';
import { jsonata } from '../jsonata';
import type { JobRole } from '../job-role';
import { grantForVolumes, onSageMaker, passToSageMaker, SyncRule, syncRule } from '../permissions';
import { isolated, processingCluster, processingInput, processingOutput } from '../processing';
import { capacityRetry, startRetry } from '../retry';
import { ServiceTask } from '../service-task';

export interface PreprocessPhaseProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly jobRole: JobRole;
  readonly checkData: IFunction;
}

/**
 * Cleans and splits the data, one Processing job per shard. Input `{"image": …}`, output `{"image": …, "summary":
 * DataSummary}`: the jobs' outputs stay in S3.
 */
export class PreprocessPhase extends Construct {
  readonly chain: sfn.Chain;

  constructor(scope: Construct, id: string, props: PreprocessPhaseProps) {
    super(scope, id);
    const preprocessShards = sfn.Map.jsonata(this, 'PreprocessShards', {
      stateName: 'Preprocess shards',
      items: sfn.ProvideItems.jsonata(jsonata('$plan.shards')),
      itemSelector: {
        image: jsonata('$states.input.image'),
        shard: jsonata('$states.context.Map.Item.Value'),
      },
      maxConcurrency: props.config.data.maxShards,
      assign: { image: jsonata('$states.input.image') },
      outputs: {},
    }).itemProcessor(this.preprocessShard(props));
    const checkData = new FunctionTask(this, 'CheckData', {
      stateName: 'Check data',
      function: props.checkData,
      payload: {
        runId: jsonata('$plan.runId'),
        maxBadRowFraction: jsonata('$plan.maxBadRowFraction'),
      },
      outputs: { image: jsonata('$image'), summary: jsonata('$states.result.Payload') },
      timeout: Duration.minutes(5),
    });
    this.chain = sfn.Chain.start(preprocessShards).next(checkData);
  }

  private preprocessShard({ config, store, jobRole }: PreprocessPhaseProps): sfn.TaskStateBase {
    const prefix = resourcePrefix(config);
    const task = new ServiceTask<CreateProcessingJobCommandInput>(this, 'PreprocessShard', {
      stateName: 'Preprocess shard',
      action: 'sagemaker:createProcessingJob.sync',
      arguments: {
        // A retry repeats everything else; a name can be used once.
        ProcessingJobName: jsonata(
          "$states.input.shard.jobName & '-' & $string($states.context.State.RetryCount)",
        ),
        RoleArn: jobRole.role.roleArn,
        AppSpecification: { ImageUri: jsonata('$states.input.image') },
        Environment: {
          [RUN_ID]: jsonata('$plan.runId'),
          SHARD_INDEX: jsonata('$string($states.input.shard.index)'),
          VALIDATION_FRACTION: String(config.data.validationFraction),
          TEST_FRACTION: String(config.data.testFraction),
        },
        ProcessingInputs: [
          processingInput('data', jsonata('$states.input.shard.manifestUri'), 'ManifestFile'),
          ...(config.data.check === 'table' ? [processingInput('schema', jsonata('$plan.uris.schema'))] : []),
        ],
        ProcessingOutputConfig: processingOutput(store, jsonata('$plan.uris.preprocessed')),
        ProcessingResources: processingCluster(
          config.preprocessing,
          jsonata('$states.input.shard.volumeSizeGb'),
          store,
        ),
        StoppingCondition: { MaxRuntimeInSeconds: config.preprocessing.maxRuntimeMinutes * 60 },
        NetworkConfig: isolated(jobRole),
        Tags: runTags(config, jsonata('$plan.runId')),
      },
      timeout: Duration.minutes(config.preprocessing.maxRuntimeMinutes + 20),
      policies: [
        grantForVolumes(store.key),
        onSageMaker(
          this,
          prefix,
          ['processing-job'],
          ['CreateProcessingJob', 'DescribeProcessingJob', 'StopProcessingJob', 'AddTags'],
        ),
        passToSageMaker(jobRole.role),
        syncRule(this, SyncRule.Processing),
      ],
      outputs: {},
    });
    task.addRetry(capacityRetry);
    task.addRetry(startRetry);
    return task;
  }
}
