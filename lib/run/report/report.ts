import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { resourcePrefix } from '../../config';
import { LambdaVariable } from '../../contract/environment';
import { layout } from '../../contract/layout';
import { namedAfterRun, sageMakerArn, type SageMakerKind } from '../../platform/arns';
import { ContainerImage } from '../../platform/container-image';
import { NodeFunction } from '../../platform/node-function';
import { endpointArn } from '../../serving/endpoint';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import type { Phase } from '../../states/phase';
import type { RunContext } from '../shared/context';

/**
 * Removes former champions from SageMaker, writes the run's record, notifies the team, and
 * ends the execution with the record as its output. The new model is already in service: a failed removal is reported,
 * and does not fail the run. With approval, reads `$approval` too.
 */
export class ReportPhase extends Construct implements Phase<never> {
  readonly startState: sfn.State;
  readonly exits = {};
  /** The function that writes records. */
  readonly fn: NodeFunction;

  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id);
    const { config, endpoint } = run;
    this.fn = this.report(run);
    const reportRun = new FunctionTask(this, 'ReportRun', {
      stateName: 'Report run',
      function: this.fn,
      payload: {
        executionArn: jsonata('$states.context.Execution.Id'),
        plan: jsonata('$plan'),
        data: jsonata('$data'),
        decision: jsonata('$decision'),
        training: jsonata('$training'),
        retired: jsonata('$retired'),
        testing: jsonata('$testing'),
        comparison: jsonata('$comparison'),
        modelPackage: jsonata('$modelPackage'),
        ...(config.approval && { approval: jsonata('$approval') }),
        endpointName: endpoint.endpointName,
      },
      outputs: jsonata('$states.result.Payload'),
      timeout: Duration.minutes(2),
    });
    const retireModels = new FunctionTask(this, 'RetireModels', {
      stateName: 'Retire old models',
      function: this.retire(run),
      payload: {},
      assign: { retired: { runs: jsonata('$states.result.Payload.retired'), failure: null } },
      outputs: {},
      timeout: Duration.minutes(2),
    });
    retireModels.addCatch(reportRun, {
      errors: ['States.ALL'],
      assign: { retired: { runs: [], failure: jsonata('$states.errorOutput.Cause') } },
      outputs: {},
    });
    retireModels.next(reportRun);
    this.startState = retireModels;
  }

  private report({ config, network, store, team, machine }: RunContext): NodeFunction {
    const fn = new NodeFunction(this, 'ReportFunction', {
      context: { config, network },
      name: 'report',
      description: 'Report run: writes the record of a deployed model and notifies the team',
      environment: {
        [LambdaVariable.Prefix]: resourcePrefix(config),
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.Model]: config.model,
      },
    });
    // The object may be missing.
    store.grantList(fn, store.artifacts);
    store.grantRead(fn, ...store.ofRuns(layout.record('*')));
    store.grantWrite(fn, ...store.ofRuns(layout.record('*')));
    team.grantPublish(fn);
    fn.allow(['states:GetExecutionHistory'], [machine.executionsArn], {
      separately: true,
      because: 'it adds up the usage of any execution of this state machine',
    });
    return fn;
  }

  private retire({ config, network, store, images, endpoint }: RunContext): NodeFunction {
    const { inference } = images;
    const fn = new NodeFunction(this, 'Retire', {
      context: { config, network },
      name: 'retire',
      description: 'Retire old models: deletes models, configurations and images of former champions',
      timeout: Duration.minutes(2),
      environment: {
        [LambdaVariable.EndpointName]: endpoint.endpointName,
        ...(inference instanceof ContainerImage && {
          [LambdaVariable.InferenceRepository]: inference.repository.repositoryName,
        }),
      },
      settings: { keepModels: config.endpoint.keepModels },
    });
    const bucket = store.artifacts;
    store.grantListVersions(fn, bucket);
    store.grantReadVersions(fn, { bucket, key: layout.champion });
    // The object may be missing.
    store.grantList(fn, bucket);
    store.grantRead(fn, { bucket, key: layout.challenger });
    const allowDelete = (action: string, kind: SageMakerKind) =>
      fn.allow([`sagemaker:${action}`], [sageMakerArn(this, endpoint.prefix, kind)], {
        because: namedAfterRun([kind]),
      });
    allowDelete('DeleteModel', 'model');
    allowDelete('DeleteEndpointConfig', 'endpoint-config');
    fn.allow(['sagemaker:DescribeEndpoint'], [endpointArn(this, endpoint)]);
    if (inference instanceof ContainerImage) {
      fn.allow(['ecr:BatchDeleteImage', 'ecr:DescribeImages'], [inference.repository.repositoryArn]);
    }
    return fn;
  }
}
