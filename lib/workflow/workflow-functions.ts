import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { gateSettings, modelFacts, resourcePrefix, type PipelineConfig } from '../config';
import { LambdaVariable, type ImageName } from '../contract/environment';
import { EVALUATION_FILE, layout } from '../contract/layout';
import { NodeFunction, type NodeFunctionProps } from '../functions/node-function';
import { contentHashes, type ContainerImage } from '../images/container-image';
import type { PrivateNetwork } from '../network/private-network';
import type { TeamTopic } from '../notifications/team-topic';
import { BY_RUN, type DataStore } from '../storage/data-store';
import { volumeSettings } from './volumes';

export interface WorkflowFunctionsProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly images: Readonly<Record<ImageName, ContainerImage>>;
  readonly team: TeamTopic;
  /** SSM path of the hyperparameters. */
  readonly hyperparameterPath: string;
  /** Recorded in each run's manifest. */
  readonly gitCommit: string;
  readonly network: PrivateNetwork | undefined;
}

/** The functions of every run, each with its variables and permissions. */
export class WorkflowFunctions extends Construct {
  readonly initiate: NodeFunction;
  readonly checkData: NodeFunction;
  readonly decide: NodeFunction;
  readonly report: NodeFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkflowFunctionsProps,
  ) {
    super(scope, id);
    this.initiate = this.initiateFunction();
    this.checkData = this.checkDataFunction();
    this.decide = this.decideFunction();
    this.report = this.reportFunction();
  }

  private initiateFunction(): NodeFunction {
    const { config, store, images, team, hyperparameterPath, gitCommit } = this.props;
    const fn = this.fn('Initiate', {
      name: 'initiate',
      model: modelFacts(config),
      calls: ['s3', 'sns', 'ssm'],
      description: 'Plan run: pins data, code and hyperparameters; says whether anything changed',
      timeout: Duration.minutes(5),
      memorySize: 1024,
      environment: {
        [LambdaVariable.Prefix]: resourcePrefix(config),
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.DataBucket]: store.data.bucketName,
        [LambdaVariable.DataPrefix]: config.data.prefix,
        ...(config.data.schemaKey !== null && { [LambdaVariable.SchemaKey]: config.data.schemaKey }),
        [LambdaVariable.TopicArn]: team.topic.topicArn,
        [LambdaVariable.HyperparameterPath]: hyperparameterPath,
        [LambdaVariable.Images]: JSON.stringify(contentHashes(images)),
        [LambdaVariable.MaxShards]: String(config.data.maxShards),
        [LambdaVariable.Volumes]: JSON.stringify(volumeSettings(config)),
        [LambdaVariable.GitCommit]: gitCommit,
        [LambdaVariable.Gate]: JSON.stringify(gateSettings(config)),
      },
    });
    const { data: bucket, artifacts } = store;
    store.grantListVersions(fn.role, bucket);
    store.grantReadVersions(fn.role, {
      bucket,
      key: `${config.data.prefix}*`,
      because: 'the team names its data as it likes, below the configured prefix',
    });
    if (config.data.schemaKey !== null) {
      store.grantReadVersions(fn.role, { bucket, key: config.data.schemaKey });
    }
    // The objects may be missing.
    store.grantList(fn.role, artifacts);
    store.grantRead(fn.role, { bucket: artifacts, key: layout.champion });
    store.grantRead(fn.role, { bucket: artifacts, key: layout.challenger });
    store.grantRead(fn.role, {
      bucket: artifacts,
      key: layout.rejection('*'),
      because: 'the key of a rejection holds the fingerprint of the input, which this function computes',
    });
    store.grantRead(fn.role, { bucket: artifacts, key: layout.encoding('*'), because: BY_RUN });
    const written = [
      layout.manifest('*'),
      layout.schema('*'),
      layout.championEncoding('*'),
      layout.shardManifest('*', '*'),
    ];
    for (const key of written) {
      store.grantWrite(fn.role, { bucket: artifacts, key, because: BY_RUN });
    }
    team.grantPublish(fn.role);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['ssm:GetParametersByPath'],
        resources: [
          Stack.of(this).formatArn({
            service: 'ssm',
            resource: 'parameter',
            resourceName: hyperparameterPath.slice(1),
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        ],
      }),
    );
    return fn;
  }

  private checkDataFunction(): NodeFunction {
    const { config, store } = this.props;
    const fn = this.fn('CheckData', {
      name: 'check-data',
      model: modelFacts(config),
      calls: ['s3'],
      description:
        'Check data: adds up the shards, learns the encoding, and checks that they read the pinned versions',
      timeout: Duration.minutes(4),
      // Reports of thousands of columns are megabytes.
      memorySize: 1024,
      environment: {
        [LambdaVariable.DataBucket]: store.data.bucketName,
        [LambdaVariable.DataPrefix]: config.data.prefix,
      },
    });
    store.grantListVersions(fn.role, store.data);
    const bucket = store.artifacts;
    store.grantList(fn.role, bucket);
    for (const key of [layout.manifest('*'), layout.schema('*'), `${layout.preprocessed('*')}report/*`]) {
      store.grantRead(fn.role, { bucket, key, because: BY_RUN });
    }
    store.grantWrite(fn.role, { bucket, key: layout.encoding('*'), because: BY_RUN });
    return fn;
  }

  private decideFunction(): NodeFunction {
    const { config, store } = this.props;
    const fn = this.fn('Decide', {
      name: 'decide',
      model: modelFacts(config),
      calls: ['s3'],
      description: 'Decide: compares the candidate with threshold, naive answer and champion',
      environment: { [LambdaVariable.Gate]: JSON.stringify(gateSettings(config)) },
    });
    const bucket = store.artifacts;
    const key = `${layout.evaluation('*')}${EVALUATION_FILE}`;
    store.grantRead(fn.role, { bucket, key, because: BY_RUN });
    store.grantWrite(fn.role, { bucket, key: layout.decision('*'), because: BY_RUN });
    return fn;
  }

  private reportFunction(): NodeFunction {
    const { config, store, team } = this.props;
    const fn = this.fn('Report', {
      name: 'report',
      calls: ['s3', 'sns', 'states'],
      description: 'Report run: writes the record of a deployed model and notifies the team',
      environment: {
        [LambdaVariable.Prefix]: resourcePrefix(config),
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.Model]: config.model,
        [LambdaVariable.TopicArn]: team.topic.topicArn,
      },
    });
    store.grantWrite(fn.role, { bucket: store.artifacts, key: layout.record('*'), because: BY_RUN });
    team.grantPublish(fn.role);
    return fn;
  }

  private fn(id: string, props: FunctionProps): NodeFunction {
    return workflowFunction(this, id, this.props, props);
  }
}

export type FunctionProps = Omit<NodeFunctionProps, 'logRetention' | 'network'>;

/** Creates a function that knows the artifacts bucket. */
export function workflowFunction(
  scope: Construct,
  id: string,
  { config, store, network }: Pick<WorkflowFunctionsProps, 'config' | 'store' | 'network'>,
  props: FunctionProps,
): NodeFunction {
  return new NodeFunction(scope, id, {
    ...props,
    environment: { [LambdaVariable.ArtifactsBucket]: store.artifacts.bucketName, ...props.environment },
    logRetention: config.logRetentionDays,
    network,
  });
}
