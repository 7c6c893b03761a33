import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledgements';
import { modelFacts, resourcePrefix, type PipelineConfig } from '../config';
import { LambdaVariable, type ImageName } from '../contract/environment';
import { GOLDEN_FILE, layout } from '../contract/layout';
import type { ServingOf } from '../config/schema';
import type { NodeFunction } from '../functions/node-function';
import type { ContainerImage } from '../images/container-image';
import { grantQueue } from '../inference/queue';
import { BY_RUN, type DataStore } from '../storage/data-store';
import { testStrategy } from './challenge';
import { endpointArn, type EndpointTarget } from './endpoint-tasks';
import { onSageMaker, sageMakerArn } from './permissions';
import { scaleFunction } from './scale-function';
import { variantNames } from './variants';
import { workflowFunction, type FunctionProps } from './workflow-functions';
import type { PrivateNetwork } from '../network/private-network';

export interface DeploymentFunctionsProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly images: Readonly<Record<ImageName, ContainerImage>>;
  readonly endpoint: EndpointTarget;
  readonly network: PrivateNetwork | undefined;
}

/** The functions that bring a model into service, each with its variables and permissions. */
export class DeploymentFunctions extends Construct {
  readonly endpointLock: NodeFunction;
  /** Only with an endpoint. */
  readonly smokeTest: NodeFunction | undefined;
  readonly retire: NodeFunction;
  /** Only where a shadow is compared with the champion. */
  readonly compare: NodeFunction | undefined;
  /** Only with batch predictions. */
  readonly listInputs: NodeFunction | undefined;
  /** Only with scaling. */
  readonly scale: NodeFunction | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DeploymentFunctionsProps,
  ) {
    super(scope, id);
    const { config, endpoint } = props;
    this.endpointLock = this.endpointLockFunction();
    const { serving } = config.endpoint;
    this.smokeTest = serving.kind === 'batch' ? undefined : this.smokeTestFunction();
    this.listInputs = serving.kind === 'batch' ? this.listInputsFunction(serving) : undefined;
    this.retire = this.retireFunction();
    this.compare = testStrategy(config)?.strategy === 'shadow' ? this.compareFunction() : undefined;
    this.scale = endpoint.scaled ? scaleFunction(this, { ...props, endpoint }) : undefined;
  }

  private endpointLockFunction(): NodeFunction {
    const { store } = this.props;
    const fn = this.fn('EndpointLock', {
      name: 'endpoint-lock',
      calls: ['s3', 'states'],
      description:
        'Acquire endpoint lock: one run deploys at a time, against the champion it was compared with',
      environment: {},
    });
    const bucket = store.artifacts;
    // The objects may be missing.
    store.grantList(fn.role, bucket);
    for (const key of [layout.endpointLock, layout.champion, layout.challenger]) {
      store.grantRead(fn.role, { bucket, key });
    }
    store.grantWrite(fn.role, { bucket, key: layout.endpointLock });
    return fn;
  }

  private smokeTestFunction(): NodeFunction {
    const { config, store, endpoint } = this.props;
    const fn = this.fn('SmokeTest', {
      name: 'smoke-test',
      model: modelFacts(config),
      calls: ['s3', 'sagemakerRuntime'],
      description: 'Smoke test: sends the golden requests to every variant',
      timeout: Duration.minutes(10),
      environment: {
        [LambdaVariable.EndpointName]: endpoint.endpointName,
        [LambdaVariable.ServingKind]: config.endpoint.serving.kind,
      },
    });
    const key = `${layout.evaluation('*')}${GOLDEN_FILE}`;
    store.grantRead(fn.role, { bucket: store.artifacts, key, because: BY_RUN });
    const asynchronous = config.endpoint.serving.kind === 'asynchronous';
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: [asynchronous ? 'sagemaker:InvokeEndpointAsync' : 'sagemaker:InvokeEndpoint'],
        resources: [endpointArn(this, endpoint)],
      }),
    );
    if (asynchronous) grantQueue(store, fn.role);
    return fn;
  }

  private retireFunction(): NodeFunction {
    const { config, store, images, endpoint } = this.props;
    const { repository } = images.inference;
    const fn = this.fn('Retire', {
      name: 'retire',
      calls: ['s3', 'sagemaker', 'ecr'],
      description: 'Retire old models: deletes models, configurations and images of former champions',
      timeout: Duration.minutes(2),
      environment: {
        [LambdaVariable.EndpointName]: endpoint.endpointName,
        [LambdaVariable.InferenceRepository]: repository.repositoryName,
        [LambdaVariable.KeepModels]: String(config.endpoint.keepModels),
      },
    });
    store.grantListVersions(fn.role, store.artifacts);
    store.grantReadVersions(fn.role, { bucket: store.artifacts, key: layout.champion });
    // The object may be missing.
    store.grantList(fn.role, store.artifacts);
    store.grantRead(fn.role, { bucket: store.artifacts, key: layout.challenger });
    const prefix = resourcePrefix(config);
    const removable = ['model', 'endpoint-config'] as const;
    fn.addToRolePolicy(onSageMaker(this, prefix, ['model'], ['DeleteModel']));
    fn.addToRolePolicy(onSageMaker(this, prefix, ['endpoint-config'], ['DeleteEndpointConfig']));
    for (const kind of removable) {
      acknowledgeWildcard(
        fn.role,
        sageMakerArn(this, prefix, kind),
        `a run names each ${kind} after itself, behind the prefix of the environment`,
      );
    }
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['sagemaker:DescribeEndpoint'],
        resources: [endpointArn(this, endpoint)],
      }),
    );
    repository.grant(fn.role, 'ecr:BatchDeleteImage');
    return fn;
  }

  private listInputsFunction({ prefix }: ServingOf<'batch'>): NodeFunction {
    const { store } = this.props;
    const fn = this.fn('ListInputs', {
      name: 'list-inputs',
      calls: ['s3'],
      description: 'List inputs: lists the objects for the transform job',
      environment: {
        [LambdaVariable.DataBucket]: store.data.bucketName,
        [LambdaVariable.ScoringPrefix]: prefix,
      },
    });
    store.grantList(fn.role, store.data);
    store.grantWrite(fn.role, { bucket: store.artifacts, key: layout.scoringManifest('*'), because: BY_RUN });
    return fn;
  }

  private compareFunction(): NodeFunction {
    const { config, store, endpoint } = this.props;
    const fn = this.fn('Compare', {
      name: 'compare',
      model: modelFacts(config),
      calls: ['s3'],
      description: 'Compare answers: compares the answers of shadow and champion',
      timeout: Duration.minutes(15),
      memorySize: 1024,
      environment: {
        [LambdaVariable.EndpointName]: endpoint.endpointName,
        [LambdaVariable.VariantName]: variantNames(config)[0]!,
      },
    });
    const bucket = store.artifacts;
    store.grantList(fn.role, bucket);
    store.grantRead(fn.role, { bucket, key: layout.challenger });
    store.grantRead(fn.role, {
      bucket,
      key: `${layout.capture}${endpoint.endpointName}/*`,
      because: 'SageMaker files captured requests by endpoint, variant and hour',
    });
    store.grantWrite(fn.role, { bucket, key: layout.comparison('*'), because: BY_RUN });
    return fn;
  }

  private fn(id: string, props: FunctionProps): NodeFunction {
    return workflowFunction(this, id, this.props, props);
  }
}
