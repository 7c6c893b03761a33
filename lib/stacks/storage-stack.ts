import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { ImageRepositories } from '../images/image-repositories';
import { TeamTopic } from '../notifications/team-topic';
import { DataStore } from '../storage/data-store';

export interface StorageStackProps extends StackProps {
  readonly config: PipelineConfig;
}

/** What holds data and outlives every change: retained, and protected from deletion where the configuration says so. */
export class StorageStack extends Stack {
  readonly store: DataStore;
  readonly images: ImageRepositories;
  readonly team: TeamTopic;
  /** Those who are asked before a deployment, where the configuration wants it. */
  readonly approvers?: TeamTopic;

  constructor(scope: Construct, id: string, { config, ...props }: StorageStackProps) {
    super(scope, id, { ...props, terminationProtection: config.retainData });
    this.store = new DataStore(this, 'Store', { retain: config.retainData });
    const { key } = this.store;
    this.images = new ImageRepositories(this, 'Images', { key, retain: config.retainData });
    this.team = new TeamTopic(this, 'Team', {
      displayName: 'Training pipeline',
      key,
      emails: config.notifications.emails,
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
  }
}
