import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledgements';
import { ANY_INTERFACE, grantInterfaces } from '../network/interface-permissions';
import type { PrivateNetwork } from '../network/private-network';
import type { PrivateService } from '../network/private-service';
import type { ModelFacts } from '../contract/model';
import { capitalise } from '../text';
import { functionCode } from './function-code';

export interface NodeFunctionProps {
  /** Folder below `lambda/`; `npm run build` bundles it to `dist/lambda/`. */
  readonly name: string;
  readonly description: string;
  /** Facts of the model that its code reads. Default: none. */
  readonly model?: ModelFacts;
  readonly environment: Readonly<Record<string, string>>;
  /** Default: 1 minute. */
  readonly timeout?: Duration;
  /** MB; CPU grows with it. Default: 512. */
  readonly memorySize?: number;
  readonly logRetention: logs.RetentionDays;
  /** Network of the function, if the configuration has one. */
  readonly network: PrivateNetwork | undefined;
  /** Services that its code calls: the only ones it can reach in the network. */
  readonly calls: readonly PrivateService[];
}

/**
 * A function of this app: its bundle, its log group, and a role that may only write there until more is granted. (AWS's
 * own policy for Lambda would let it write to every log of the account.)
 */
export class NodeFunction extends lambda.Function {
  declare readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const logGroup = new logs.LogGroup(scope, `${id}Log`, { retention: props.logRetention });
    const role = new iam.Role(scope, `${id}Role`, {
      description: props.description,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    const attachment = props.network?.attach(`${props.name.split('-').map(capitalise).join('')}Function`, {
      description: `Function ${props.name}`,
      calls: props.calls,
    });
    if (attachment) {
      grantInterfaces(role, 'lambda');
      acknowledgeWildcard(role, '*', ANY_INTERFACE);
    }
    super(scope, id, {
      role,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: functionCode(props.name, props.model),
      description: props.description,
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      timeout: props.timeout ?? Duration.minutes(1),
      memorySize: props.memorySize ?? 512,
      tracing: lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
      ...(attachment && {
        vpc: attachment.vpc,
        vpcSubnets: attachment.subnets,
        securityGroups: [attachment.securityGroup],
      }),
    });
    acknowledgeWildcard(
      role,
      '*',
      'X-Ray has no resource-level permissions; CDK adds its two actions for tracing',
    );
  }
}
