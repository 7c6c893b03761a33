import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import type { ImageName } from '../contract/environment';
import { layout } from '../contract/layout';
import type { ContainerImage } from '../run/build/container-image';
import { grantWork } from '../serving/queue';
import type { TeamTopic } from '../platform/team-topic';
import type { PrivateNetwork } from '../platform/private-network';
import { BY_RUN, type DataStore, type Objects } from '../platform/data-store';
import type { TrainingFileSystem } from '../run/train/training-file-system';
import { endpointTarget } from '../run/deploy/endpoint-tasks';
import { JobRole } from '../platform/job-role';

export interface JobRolesProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly images: Readonly<Record<ImageName, ContainerImage>>;
  readonly team: TeamTopic;
  readonly network: PrivateNetwork | undefined;
  /** The file system that training reads instead of the bucket, where configured. */
  readonly fileSystem: TrainingFileSystem | undefined;
}

/** One role per kind of job, each with the prefixes it reads and writes and nothing else. */
export class JobRoles extends Construct {
  readonly preprocessing: JobRole;
  readonly training: JobRole;
  readonly evaluation: JobRole;
  /** Role of the containers that predict. */
  readonly model: JobRole;

  constructor(scope: Construct, id: string, props: JobRolesProps) {
    super(scope, id);
    const { config, store, images, network, fileSystem } = props;
    const { data, artifacts } = store;
    const ofRuns = (key: string): Objects => ({ bucket: artifacts, key, because: BY_RUN });
    const folder = (prefix: string) => ofRuns(`${prefix}*`);
    const checkpoints: Objects = {
      bucket: artifacts,
      key: `${layout.checkpoints('*')}*`,
      because: 'the key of checkpoints holds the fingerprint of the input, known when a run starts',
    };

    this.preprocessing = new JobRole(this, 'Preprocessing', {
      description: 'Preprocessing jobs: read training data, write splits',
      image: images.preprocessing,
      store,
      logs: 'ProcessingJobs',
      network,
    })
      .grantList(artifacts)
      .grantRead({
        bucket: data,
        key: `${config.data.prefix}*`,
        because: 'the team names its data as it likes, below the configured prefix',
      })
      .grantRead(ofRuns(layout.shardManifest('*', '*')))
      .grantRead(folder(layout.schemaFolder('*')))
      .grantWrite(folder(layout.preprocessed('*')));
    this.training = new JobRole(this, 'Training', {
      description: 'Training jobs: read splits, write checkpoints and models',
      image: images.training,
      store,
      logs: 'TrainingJobs',
      network,
    })
      .grantList(artifacts)
      .grantRead(checkpoints)
      .grantWrite(checkpoints)
      .grantWrite(folder(layout.models('*')));
    if (fileSystem) this.training.mount(fileSystem);
    else {
      this.training.grantRead(folder(layout.schemaFolder('*'))).grantRead(folder(layout.preprocessed('*')));
    }
    // SageMaker requires it of a role whose artifacts have a separate key (API reference, OutputDataConfig).
    store.key.grant(this.training.role, 'kms:Encrypt');
    this.evaluation = new JobRole(this, 'Evaluation', {
      description: 'Evaluation jobs: read the holdout and models, write metrics',
      image: images.inference,
      store,
      logs: 'ProcessingJobs',
      network,
    })
      .grantList(artifacts)
      .grantRead(folder(layout.preprocessed('*')))
      .grantRead(folder(layout.models('*')))
      .grantWrite(folder(layout.evaluation('*')));
    this.model = this.modelRole(props);
  }

  private modelRole({ config, store, images, team, network }: JobRolesProps): JobRole {
    const { serving, deployment, dataCapturePercent } = config.endpoint;
    const { data, artifacts } = store;
    const ofRuns = (key: string): Objects => ({ bucket: artifacts, key, because: BY_RUN });
    const role = new JobRole(this, 'Model', {
      description: 'Models: read their artifact, and requests that are stored in S3',
      image: images.inference,
      store,
      logs: serving.kind === 'batch' ? 'TransformJobs' : `Endpoints/${endpointTarget(config).endpointName}`,
      network,
    }).grantRead(ofRuns(`${layout.models('*')}*`));
    switch (serving.kind) {
      case 'realtime':
        if (dataCapturePercent === 0 && deployment.strategy !== 'shadow') return role;
        return role.grantWrite({
          bucket: artifacts,
          key: `${layout.capture}*`,
          because: 'SageMaker stores captured requests by endpoint, variant and hour',
        });
      case 'serverless':
        return role;
      case 'asynchronous':
        grantWork(store, role.role);
        if (serving.notify !== 'none') team.grantPublish(role.role);
        return role;
      case 'batch': {
        const because = 'the team names its files as it likes, below the configured prefix';
        return role
          .grantRead(ofRuns(layout.scoringManifest('*')))
          .grantRead({ bucket: data, key: `${serving.prefix}*`, because })
          .grantWrite({ bucket: data, key: `${serving.prefix}*.out`, because });
      }
    }
  }
}
