import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { builtImages } from '../config/programs';
import { layout } from '../contract/layout';
import { ImageRepositories } from '../platform/image-repositories';
import { TeamTopic } from '../platform/team-topic';
import { ModelRegistry } from '../platform/model-registry';
import { DataStore, type Expiring } from '../platform/data-store';

export interface StorageStackProps extends StackProps {
  readonly config: PipelineConfig;
}

/** Resources that hold data and outlive every change: retained, and protected from deletion where configured. */
export class StorageStack extends Stack {
  readonly store: DataStore;
  readonly images: ImageRepositories;
  readonly team: TeamTopic;
  readonly registry: ModelRegistry;
  /** Topic of the approvers, where the configuration requires approval. */
  readonly approvers?: TeamTopic;

  constructor(scope: Construct, id: string, { config, ...props }: StorageStackProps) {
    super(scope, id, { ...props, terminationProtection: config.retainData });
    this.store = new DataStore(this, 'Store', {
      existing: config.data.bucket ?? null,
      retain: config.retainData,
      expiring: expiring(config),
    });
    const { key } = this.store;
    if (config.training.input.mode === 'FSxLustre') this.store.openToFileSystems();
    const images = builtImages(config);
    this.images = new ImageRepositories(this, 'Images', { images, key, retain: config.retainData });
    this.team = new TeamTopic(this, 'Team', {
      displayName: 'Training pipeline',
      key,
      emails: config.notifications.emails,
      alarmPrefix: resourcePrefix(config),
      retain: config.retainData,
    });
    this.registry = new ModelRegistry(this, 'Registry', {
      groupName: resourcePrefix(config),
      retain: config.retainData,
    });
    if (config.approval) {
      this.approvers = new TeamTopic(this, 'Approvers', {
        displayName: 'Model approval',
        key,
        emails: config.approval.emails,
        retain: config.retainData,
      });
    }

    new CfnOutput(this, 'DataBucketName', { value: this.store.data.bucketName });
    new CfnOutput(this, 'ArtifactsBucketName', { value: this.store.artifacts.bucketName });
    new CfnOutput(this, 'TopicArn', { value: this.team.topic.topicArn });
    new CfnOutput(this, 'ModelPackageGroupName', { value: this.registry.groupName });
  }
}

/** Retention of checkpoints in days: a run on the same input resumes from them, a failed one within days. */
const CHECKPOINT_DAYS = 30;

/**
 * Returns the prefixes whose objects expire. Not among them, since champions, rollbacks and lineage need them: models,
 * evaluations with their golden requests, manifests, decisions and records.
 */
function expiring({ data, endpoint }: PipelineConfig): Expiring[] {
  const { serving } = endpoint;
  return [
    { prefix: layout.allCheckpoints, days: CHECKPOINT_DAYS },
    { prefix: layout.allPreprocessed, days: data.keepSplitsDays },
    { prefix: layout.capture, days: endpoint.keepCaptureDays },
    ...(serving.kind === 'asynchronous' ? [{ prefix: layout.async, days: serving.keepDays }] : []),
  ];
}
