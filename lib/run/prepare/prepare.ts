import { Duration, Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { gateSettings, resourcePrefix } from '../../config';
import { LambdaVariable } from '../../contract/environment';
import { layout } from '../../contract/layout';
import { NodeFunction } from '../../platform/node-function';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { after, otherwise, when, type Phase, type PhaseExit, type Start } from '../../states/phase';
import { namedAfterRun, sageMakerArn, type SageMakerKind } from '../../platform/arns';
import { ContainerImage, contentHashes, prebuiltOf } from '../../platform/container-image';
import { endpointArn } from '../../serving/endpoint';
import { PrebuiltImage } from '../../platform/prebuilt-image';
import type { RunContext } from '../shared/context';
import { volumeSettings } from './volumes';

/**
 * Pins the inputs of the run with the function `initiate`, which also looks up if the champion is in service; assigns
 * `$plan` (`RunPlan`) and `$notRestored`, null. A run without changes goes on to the end {@link nothingToDo}.
 */
export class PreparePhase extends Construct implements Phase<'planned' | 'changed' | 'unchanged'> {
  readonly startState: sfn.State;
  readonly exits: Readonly<Record<'planned' | 'changed' | 'unchanged', PhaseExit>>;
  /** The choice between the other two exits, which follows the first one. */
  readonly anythingChanged: Start;
  readonly nothingToDo: sfn.Succeed;

  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id);
    const initiateRun = new FunctionTask(this, 'PlanRun', {
      stateName: 'Plan run',
      function: this.initiate(run),
      payload: {
        runId: jsonata('$states.context.Execution.Name'),
        executionArn: jsonata('$states.context.Execution.Id'),
        input: jsonata('$states.input'),
      },
      assign: { plan: jsonata('$states.result.Payload'), notRestored: null },
      outputs: {},
      timeout: Duration.minutes(10),
    });
    this.nothingToDo = sfn.Succeed.jsonata(this, 'NothingToDo', {
      stateName: 'Nothing to do',
      outputs: {
        decision: 'nothing-to-do',
        runId: jsonata('$plan.runId'),
        message: jsonata("$plan.reason & ($notRestored ? '; ' & $notRestored : '')"),
        champion: jsonata('$plan.champion'),
      },
    });
    const anythingChanged = sfn.Choice.jsonata(this, 'AnythingChanged', { stateName: 'Anything changed?' });
    this.startState = initiateRun;
    this.anythingChanged = { startState: anythingChanged };
    this.exits = {
      planned: after(initiateRun),
      changed: when(anythingChanged, '$plan.changed'),
      unchanged: otherwise(anythingChanged),
    };
  }

  private initiate(run: RunContext): NodeFunction {
    const { config, network, store, team, images, hyperparameterPath, gitCommit } = run;
    const { prefix, schemaKey, maxShards } = config.data;
    const prebuilt = prebuiltOf(images);
    const fn = new NodeFunction(this, 'Initiate', {
      context: { config, network },
      name: 'initiate',
      readsModel: true,
      description: 'Plan run: pins data, code and hyperparameters; says whether anything changed',
      timeout: Duration.minutes(5),
      memorySize: 1024,
      environment: {
        [LambdaVariable.Prefix]: resourcePrefix(config),
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.DataPrefix]: prefix,
        ...(schemaKey !== null && { [LambdaVariable.SchemaKey]: schemaKey }),
        [LambdaVariable.HyperparameterPath]: hyperparameterPath,
        [LambdaVariable.Images]: JSON.stringify(contentHashes(images)),
        ...(Object.keys(prebuilt).length > 0 && {
          [LambdaVariable.PrebuiltImages]: JSON.stringify(prebuilt),
        }),
        [LambdaVariable.MaxShards]: String(maxShards),
        [LambdaVariable.Volumes]: JSON.stringify(volumeSettings(config)),
        [LambdaVariable.GitCommit]: gitCommit,
        [LambdaVariable.Gate]: JSON.stringify(gateSettings(config)),
      },
      settings: { bucketOfTeam: config.data.bucket != null, production: this.production(run) },
    });
    const { data: bucket, artifacts } = store;
    store.grantListVersions(fn, bucket);
    if (config.data.bucket) store.grantReadVersioning(fn);
    store.grantReadVersions(
      fn,
      {
        bucket,
        key: `${prefix}*`,
        because: 'the team names its data as it likes, below the configured prefix',
      },
      ...(schemaKey === null ? [] : [{ bucket, key: schemaKey }]),
    );
    // The objects may be missing.
    store.grantList(fn, artifacts);
    store.grantRead(
      fn,
      { bucket: artifacts, key: layout.champion },
      { bucket: artifacts, key: layout.challenger },
      {
        bucket: artifacts,
        key: layout.rejection('*'),
        because: 'the key of a rejection holds the fingerprint of the input, which this function computes',
      },
      ...store.ofRuns(layout.encoding('*')),
    );
    store.grantWrite(
      fn,
      ...store.ofRuns(
        layout.manifest('*'),
        layout.schema('*'),
        layout.championEncoding('*'),
        layout.shardManifest('*', '*'),
      ),
    );
    team.grantPublish(fn);
    const parameters = { service: 'ssm', resource: 'parameter', resourceName: hyperparameterPath.slice(1) };
    fn.allow(['ssm:GetParametersByPath'], [Stack.of(this).formatArn(parameters)]);
    // It looks each prebuilt image up: a job would only fail once it has its instance.
    for (const image of Object.values(images)) {
      if (image instanceof PrebuiltImage) fn.allow(['ecr:BatchGetImage'], [image.repositoryArn]);
    }
    this.grantProduction(fn, run);
    return fn;
  }

  /** Settings for looking up what serves. */
  private production({ config, images: { inference }, endpoint }: RunContext): Record<string, unknown> {
    const { serving, workingHours } = config.endpoint;
    return {
      ...(serving.kind !== 'batch' && { endpointName: endpoint.endpointName }),
      ...(workingHours && { workingHours }),
      inferenceRepositoryUri:
        inference instanceof PrebuiltImage
          ? inference.reference.repositoryUri
          : inference.repository.repositoryUri,
    };
  }

  /** Grants looking up what serves, and former champions. */
  private grantProduction(fn: NodeFunction, { config, store, images, endpoint }: RunContext): void {
    const { serving, workingHours } = config.endpoint;
    const bucket = store.artifacts;
    const describes = (action: string, kind: SageMakerKind) =>
      fn.allow([`sagemaker:${action}`], [sageMakerArn(this, endpoint.prefix, kind)], {
        because: namedAfterRun([kind]),
      });
    describes('DescribeModel', 'model');
    if (serving.kind !== 'batch') {
      fn.allow(['sagemaker:DescribeEndpoint'], [endpointArn(this, endpoint)]);
      describes('DescribeEndpointConfig', 'endpoint-config');
    }
    if (workingHours) store.grantRead(fn, { bucket, key: layout.endpointLock });
    store.grantListVersions(fn, bucket);
    store.grantReadVersions(fn, { bucket, key: layout.champion });
    const { inference } = images;
    if (inference instanceof ContainerImage)
      fn.allow(['ecr:BatchGetImage'], [inference.repository.repositoryArn]);
  }
}
