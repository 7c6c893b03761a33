import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { layout } from '../contract/layout';
import { NodeFunction } from '../functions/node-function';
import type { PrivateNetwork } from '../network/private-network';
import type { TeamTopic } from '../notifications/team-topic';
import { BY_RUN, type DataStore } from '../storage/data-store';
import { ApprovalApi } from './approval-api';
import { LinkKey } from './link-key';

export interface ApprovalProps {
  readonly config: PipelineConfig & { readonly approval: NonNullable<PipelineConfig['approval']> };
  readonly store: DataStore;
  /** The topic of the approvers. */
  readonly approvers: TeamTopic;
  readonly network: PrivateNetwork | undefined;
}

/** Asks people for a model's approval and takes their answers. */
export class Approval extends Construct {
  /** Called with a task token by the state machine. */
  readonly ask: NodeFunction;
  private readonly approve: NodeFunction;
  readonly key: LinkKey;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApprovalProps,
  ) {
    super(scope, id);
    this.key = new LinkKey(this, 'LinkKey');
    this.approve = this.approveFunction();
    const api = new ApprovalApi(this, 'Links', { config: props.config, approve: this.approve });
    this.ask = this.askFunction(api.url);
  }

  /**
   * Lets links answer the tasks of this machine. AWS checks the permission against the machine's ARN, although the
   * service authorization reference lists no resource for it (aws/aws-cdk#8486).
   *
   * The policy is separate from the role's own: the role's own must exist before the function, and the machine needs
   * another function of this construct.
   */
  answerTo(stateMachine: IStateMachine): void {
    new Policy(this, 'Answer', {
      roles: [this.approve.role],
      statements: [
        new PolicyStatement({
          actions: ['states:SendTaskSuccess'],
          resources: [stateMachine.stateMachineArn],
        }),
      ],
    });
  }

  private approveFunction(): NodeFunction {
    const { config, store, network } = this.props;
    const fn = new NodeFunction(this, 'Approve', {
      name: 'approve',
      description: 'Approve: shows the question of a link, and takes its answer',
      environment: {
        [LambdaVariable.ArtifactsBucket]: store.artifacts.bucketName,
        [LambdaVariable.ApprovalKey]: this.key.keyArn,
      },
      logRetention: config.logRetentionDays,
      network,
      calls: ['s3', 'kms', 'states'],
    });
    const question = { bucket: store.artifacts, key: layout.approval('*'), because: BY_RUN };
    // The object may be missing.
    store.grantList(fn.role, store.artifacts);
    store.grantRead(fn.role, question);
    store.grantWrite(fn.role, question);
    this.key.grantVerify(fn.role);
    return fn;
  }

  private askFunction(url: string): NodeFunction {
    const { config, store, approvers, network } = this.props;
    const fn = new NodeFunction(this, 'Ask', {
      name: 'ask-approval',
      description: 'Ask for approval: stores the question and mails it with its links',
      environment: {
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.Model]: config.model,
        [LambdaVariable.ArtifactsBucket]: store.artifacts.bucketName,
        [LambdaVariable.TopicArn]: approvers.topic.topicArn,
        [LambdaVariable.ApprovalUrl]: url,
        [LambdaVariable.ApprovalKey]: this.key.keyArn,
        [LambdaVariable.ApprovalDays]: String(config.approval.days),
      },
      logRetention: config.logRetentionDays,
      network,
      calls: ['s3', 'kms', 'sns'],
    });
    const bucket = store.artifacts;
    for (const key of [layout.manifest('*'), layout.decision('*')]) {
      store.grantRead(fn.role, { bucket, key, because: BY_RUN });
    }
    store.grantWrite(fn.role, { bucket, key: layout.approval('*'), because: BY_RUN });
    approvers.grantPublish(fn.role);
    this.key.grantSign(fn.role);
    return fn;
  }
}
