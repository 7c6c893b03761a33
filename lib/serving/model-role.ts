import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { layout } from '../contract/layout';
import type { DataStore } from '../platform/data-store';
import { JobRole, type JobRoleProps } from '../platform/job-role';
import type { Network } from '../platform/network';
import type { TeamTopic } from '../platform/team-topic';
import type { EndpointTarget } from './endpoint';
import { grantWork } from './queue';

export interface ModelRoleProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly team: TeamTopic;
  readonly network: Network | undefined;
  readonly endpoint: EndpointTarget;
  /** Inference image. */
  readonly image: JobRoleProps['image'];
}

/** The role of the containers that predict, on the endpoint or in transform jobs. */
export class ModelRole extends JobRole {
  constructor(scope: Construct, id: string, props: ModelRoleProps) {
    const { config, store, team, network, endpoint, image } = props;
    const { serving, deployment, dataCapturePercent } = config.endpoint;
    super(scope, id, {
      kind: 'Model',
      description: 'Models: read their artifact, and requests that are stored in S3',
      image,
      logs: serving.kind === 'batch' ? 'TransformJobs' : `Endpoints/${endpoint.endpointName}`,
      network,
    });
    const { data, artifacts } = store;
    store.grantRead(this, ...store.ofRuns(`${layout.models('*')}*`));
    switch (serving.kind) {
      case 'realtime':
        if (dataCapturePercent === 0 && deployment.strategy !== 'shadow') return;
        store.grantWrite(this, {
          bucket: artifacts,
          key: `${layout.capture}*`,
          because: 'SageMaker stores captured requests by endpoint, variant and hour',
        });
        return;
      case 'serverless':
        return;
      case 'asynchronous':
        grantWork(store, this);
        if (serving.notify !== 'none') team.grantPublish(this);
        return;
      case 'batch': {
        const because = 'the team names its files as it likes, below the configured prefix';
        store.grantRead(this, ...store.ofRuns(layout.scoringManifest('*')));
        store.grantRead(this, { bucket: data, key: `${serving.prefix}*`, because });
        store.grantWrite(this, { bucket: data, key: `${serving.prefix}*.out`, because });
      }
    }
  }
}
