import { Construct } from 'constructs';
import { LambdaVariable } from '../../contract/environment';
import { layout } from '../../contract/layout';
import { NodeFunction } from '../../platform/node-function';
import type { RunContext } from '../shared/context';
import { ApprovalApi } from './approval-api';
import { LinkKey } from './link-key';

type ApprovalProps = Pick<RunContext, 'config' | 'network' | 'store' | 'approvers' | 'machine'>;

/** Asks people for a model's approval and takes their answers. */
export class Approval extends Construct {
  /** Called with a task token by the state machine. */
  readonly ask: NodeFunction;
  private readonly key: LinkKey;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApprovalProps,
  ) {
    super(scope, id);
    this.key = new LinkKey(this, 'LinkKey');
    const approve = this.approveFunction();
    const api = new ApprovalApi(this, 'Links', { config: props.config, approve });
    this.ask = this.askFunction(api.url);
  }

  private approveFunction(): NodeFunction {
    const { config, network, store, machine } = this.props;
    const fn = new NodeFunction(this, 'Approve', {
      context: { config, network },
      name: 'approve',
      description: 'Approve: shows the question of a link, and takes its answer',
      environment: { [LambdaVariable.ApprovalKey]: this.key.keyArn },
    });
    // The object may be missing.
    store.grantList(fn, store.artifacts);
    store.grantRead(fn, ...store.ofRuns(layout.approval('*')));
    store.grantWrite(fn, ...store.ofRuns(layout.approval('*')));
    this.key.grantVerify(fn);
    // AWS checks the permission against the machine's ARN, although the service authorization reference lists no
    // resource for it (aws/aws-cdk#8486).
    fn.allow(['states:SendTaskSuccess'], [machine.arn], { separately: true });
    return fn;
  }

  private askFunction(url: string): NodeFunction {
    const { config, network, store, approvers } = this.props;
    const fn = new NodeFunction(this, 'Ask', {
      context: { config, network },
      name: 'ask-approval',
      description: 'Ask for approval: stores the question and mails it with its links',
      environment: {
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.ApprovalUrl]: url,
        [LambdaVariable.ApprovalKey]: this.key.keyArn,
        [LambdaVariable.ApprovalDays]: String(config.approval!.days),
      },
    });
    store.grantRead(fn, ...store.ofRuns(layout.manifest('*'), layout.decision('*')));
    store.grantWrite(fn, ...store.ofRuns(layout.approval('*')));
    approvers!.grantPublish(fn);
    this.key.grantSign(fn);
    return fn;
  }
}
