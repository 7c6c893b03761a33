import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import type { ImageName } from '../contract/environment';
import { layout } from '../contract/layout';
import type { ContainerImage } from '../images/container-image';
import type { DataStore } from '../storage/data-store';
import { JobRole } from './job-role';

export interface JobRolesProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly images: Readonly<Record<ImageName, ContainerImage>>;
}

/** One role a kind of job, each with the prefixes it reads and writes and nothing else. */
export class JobRoles extends Construct {
  readonly preprocessing: JobRole;
  readonly training: JobRole;
  readonly evaluation: JobRole;
  /** Of the containers behind the endpoint. */
  readonly model: JobRole;

  constructor(scope: Construct, id: string, { config, store, images }: JobRolesProps) {
    super(scope, id);
    const { data, artifacts } = store;
    const runs = layout.run('*');
    this.preprocessing = new JobRole(this, 'Preprocessing', {
      description: 'Preprocessing jobs: read training data, write splits',
      image: images.preprocessing,
      key: store.key,
      logs: 'ProcessingJobs',
    })
      .grantRead(data, config.data.prefix)
      .grantRead(artifacts, runs)
      .grantWrite(artifacts, layout.preprocessed('*'));
    this.training = new JobRole(this, 'Training', {
      description: 'Training jobs: read splits, write checkpoints and models',
      image: images.training,
      key: store.key,
      logs: 'TrainingJobs',
    })
      .grantRead(artifacts, runs)
      .grantRead(artifacts, layout.checkpoints('*'))
      .grantWrite(artifacts, layout.checkpoints('*'))
      .grantWrite(artifacts, layout.models('*'));
    this.evaluation = new JobRole(this, 'Evaluation', {
      description: 'Evaluation jobs: read the holdout and models, write scores',
      image: images.inference,
      key: store.key,
      logs: 'ProcessingJobs',
    })
      .grantRead(artifacts, runs)
      .grantWrite(artifacts, layout.evaluation('*'));
    this.model = new JobRole(this, 'Model', {
      description: 'Models behind the endpoint: read their artifact, write captured requests',
      image: images.inference,
      key: store.key,
      logs: 'Endpoints',
    })
      .grantRead(artifacts, layout.models('*'))
      .grantWrite(artifacts, layout.capture);
  }
}
