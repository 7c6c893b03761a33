import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { hasSchema } from '../../config';
import { LambdaVariable, RUN_ID } from '../../contract/environment';
import { layout } from '../../contract/layout';
import { JobRole } from '../../platform/job-role';
import { NodeFunction } from '../../platform/node-function';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import { isolated, processingCluster, processingInput, processingOutput } from '../../states/processing';
import { SyncJob } from '../../states/sync-job';
import type { RunContext } from '../shared/context';

/**
 * Cleans and splits the data, one Processing job per shard. Input `{"image": …}`, output `{"image": …, "summary":
 * DataSummary}`: the jobs' outputs stay in S3.
 */
export class PreprocessPhase extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };

  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id);
    const preprocessShards = sfn.Map.jsonata(this, 'PreprocessShards', {
      stateName: 'Preprocess shards',
      items: sfn.ProvideItems.jsonata(jsonata('$plan.shards')),
      itemSelector: {
        image: jsonata('$states.input.image'),
        shard: jsonata('$states.context.Map.Item.Value'),
      },
      maxConcurrency: run.config.data.maxShards,
      assign: { image: jsonata('$states.input.image') },
      outputs: {},
    }).itemProcessor(this.preprocessShard(run));
    const checkData = new FunctionTask(this, 'CheckShards', {
      stateName: 'Check data',
      function: this.checkData(run),
      payload: {
        runId: jsonata('$plan.runId'),
        maxBadRowFraction: jsonata('$plan.maxBadRowFraction'),
      },
      outputs: { image: jsonata('$image'), summary: jsonata('$states.result.Payload') },
      timeout: Duration.minutes(5),
    });
    preprocessShards.next(checkData);
    this.startState = preprocessShards;
    this.exits = { done: after(checkData) };
  }

  private preprocessShard(run: RunContext): sfn.TaskStateBase {
    const { config, store } = run;
    const { maxRuntimeMinutes } = config.preprocessing;
    const role = this.jobRole(run);
    const job = new SyncJob<'Processing', CreateProcessingJobCommandInput>(this, 'PreprocessShard', {
      kind: 'Processing',
      ...{ config, store, role },
      stateName: 'Preprocess shard',
      limit: 'preprocessing.maxRuntimeMinutes',
      name: '$states.input.shard.jobName',
      arguments: {
        AppSpecification: { ImageUri: jsonata('$states.input.image') },
        Environment: {
          [RUN_ID]: jsonata('$plan.runId'),
          SHARD_INDEX: jsonata('$string($states.input.shard.index)'),
          VALIDATION_FRACTION: String(config.data.validationFraction),
          TEST_FRACTION: String(config.data.testFraction),
          ...(config.splits && { SPLITS: JSON.stringify(config.splits) }),
        },
        ProcessingInputs: [
          processingInput('data', jsonata('$states.input.shard.manifestUri'), 'ManifestFile'),
          ...(hasSchema(config) ? [processingInput('schema', jsonata('$plan.uris.schema'))] : []),
        ],
        ProcessingOutputConfig: processingOutput(store, jsonata('$plan.uris.preprocessed')),
        ProcessingResources: processingCluster(
          config.preprocessing,
          jsonata('$states.input.shard.volumeSizeGb'),
          store,
        ),
        StoppingCondition: { MaxRuntimeInSeconds: maxRuntimeMinutes * 60 },
        NetworkConfig: isolated(role),
      },
      timeout: Duration.minutes(maxRuntimeMinutes + 20),
      outputs: {},
    });
    job.next(sfn.Pass.jsonata(this, 'ShardDone', { stateName: 'Shard done', outputs: {} }));
    return job;
  }

  private jobRole({ config, network, store, images }: RunContext): JobRole {
    const role = new JobRole(this, 'JobRole', {
      kind: 'Preprocessing',
      description: 'Preprocessing jobs: read training data, write splits',
      image: images.preprocessing,
      logs: 'ProcessingJobs',
      network,
    });
    // SageMaker lists the objects that it downloads as a prefix.
    store.grantList(role, store.artifacts);
    store.grantRead(
      role,
      {
        bucket: store.data,
        key: `${config.data.prefix}*`,
        because: 'the team names its data as it likes, below the configured prefix',
      },
      ...store.ofRuns(layout.shardManifest('*', '*'), `${layout.schemaFolder('*')}*`),
    );
    store.grantWrite(role, ...store.ofRuns(`${layout.preprocessed('*')}*`));
    return role;
  }

  private checkData({ config, network, store }: RunContext): NodeFunction {
    const fn = new NodeFunction(this, 'CheckData', {
      context: { config, network },
      name: 'check-data',
      readsModel: true,
      description:
        'Check data: adds up the shards, learns the encoding, and checks that they read the pinned versions',
      timeout: Duration.minutes(4),
      // Reports of thousands of columns are megabytes.
      memorySize: 1024,
      environment: { [LambdaVariable.DataPrefix]: config.data.prefix },
    });
    store.grantListVersions(fn, store.data);
    store.grantList(fn, store.artifacts);
    const reports = `${layout.preprocessed('*')}report/*`;
    store.grantRead(fn, ...store.ofRuns(layout.manifest('*'), layout.schema('*'), reports));
    store.grantWrite(fn, ...store.ofRuns(layout.encoding('*')));
    return fn;
  }
}
