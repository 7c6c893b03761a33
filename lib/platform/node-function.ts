import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { modelFacts, type PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { capitalise } from '../contract/text';
import { functionCode } from './function-code';
import { AppLogGroup } from './log-group';
import { ANY_INTERFACE, INTERFACE_ACTIONS, type Network } from './network';
import { AppRole, type Grantee, type PermissionDetails } from './role';

/** Configuration and network of a function. */
export interface FunctionContext {
  readonly config: PipelineConfig;
  /** If the configuration has one. */
  readonly network: Network | undefined;
}

export interface NodeFunctionProps {
  readonly context: FunctionContext;
  /** Folder below `lambda/`; `npm run build` bundles it to `dist/lambda/`. */
  readonly name: string;
  readonly description: string;
  /** In addition to those that grants set: buckets and topic. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Values of the configuration by name, which its code reads with `setting`. Default: none. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** True if its code reads the model's facts (`readModelFacts`). Default: false. */
  readonly readsModel?: boolean;
  /** Default: 1 minute. */
  readonly timeout?: Duration;
  /** MB; CPU grows with it. Default: 512. */
  readonly memorySize?: number;
}

/**
 * A function of this app: its bundle, its log group, and a role that may only write there until more is allowed. (AWS's
 * own policy for Lambda would let it write to every log of the account.)
 */
export class NodeFunction extends lambda.Function implements Grantee {
  declare readonly role: AppRole;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const { config, network } = props.context;
    const { environment, settings } = props;
    const logGroup = new AppLogGroup(scope, `${id}Log`, config);
    const attachment = network?.attach(`${props.name.split('-').map(capitalise).join('')}Function`, {
      description: `Function ${props.name}`,
    });
    const role = new AppRole(scope, `${id}Role`, {
      description: props.description,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      attachment,
    });
    logGroup.grantWrite(role);
    if (attachment) role.allow(INTERFACE_ACTIONS.lambda, ['*'], { because: ANY_INTERFACE });
    super(scope, id, {
      role,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: functionCode(props.name, props.readsModel ? modelFacts(config) : undefined),
      description: props.description,
      environment: {
        ...environment,
        ...(settings && { [LambdaVariable.Settings]: JSON.stringify(settings) }),
        NODE_OPTIONS: '--enable-source-maps',
      },
      timeout: props.timeout ?? Duration.minutes(1),
      memorySize: props.memorySize ?? 512,
      tracing: lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
      ...(attachment && {
        vpc: attachment.vpc,
        vpcSubnets: attachment.subnets,
        securityGroups: [...attachment.securityGroups],
      }),
    });
    role.acknowledgeWildcards(
      ['*'],
      'X-Ray has no resource-level permissions; CDK adds its two actions for tracing',
    );
  }

  allow(actions: readonly string[], resources: readonly string[], details?: PermissionDetails): void {
    this.role.allow(actions, resources, details);
  }

  setVariable(name: string, value: string): void {
    this.addEnvironment(name, value);
  }
}
