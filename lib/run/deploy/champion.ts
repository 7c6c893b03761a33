import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { Construct } from 'constructs';
import { RECORD_TYPE } from '../../contract/champion';
import { layout } from '../../contract/layout';
import type { Challenger, Champion } from '../../contract/run';
import type { DataStore } from '../../platform/data-store';
import { jsonata, literal } from '../../states/jsonata';
import { putObject } from '../../states/permissions';
import { CALL_TIMEOUT, ServiceTask } from '../../states/service-task';

/** An expression per field. */
type Expressions<T> = Readonly<Record<keyof T, string>>;

const CHAMPION: Expressions<Champion> = {
  runId: '$plan.runId',
  fingerprint: '$plan.fingerprint',
  modelName: '$plan.names.model',
  endpointConfigName: '$plan.names.endpointConfig',
  modelDataUrl: '$training.modelDataUrl',
  inferenceImage: '$inferenceImage',
  modelPackageArn: '$modelPackage',
  metrics: '$decision.metrics',
  headline: '$decision.headline',
  deployedAt: '$states.context.State.EnteredTime',
};

/** Writes the champion's record. The bucket is versioned: the object's history is the list of champions. */
export function recordChampion(scope: Construct, store: DataStore): sfn.TaskStateBase {
  const key = layout.champion;
  return record(
    scope,
    store,
    { id: 'RecordChampion', stateName: 'Record champion', key },
    objectOf(CHAMPION),
  );
}

/** Writes the champion's record again, with the names that its model and configuration have from now on. */
export function recordRestored(scope: Construct, store: DataStore): sfn.TaskStateBase {
  return record(
    scope,
    store,
    { id: 'RecordRestored', stateName: 'Record restored champion', key: layout.champion },
    "$merge([$plan.champion, {'deployedAt': $states.context.State.EnteredTime}])",
  );
}

/** Writes the challenger's record; promoting it makes it the champion. */
export function recordChallenger(
  scope: Construct,
  store: DataStore,
  strategy: Challenger['strategy'],
): sfn.TaskStateBase {
  const key = layout.challenger;
  const fields: Expressions<Challenger> = {
    ...CHAMPION,
    strategy: JSON.stringify(strategy),
    testConfigName: '$plan.names.testConfig',
    against: '$plan.champion.runId',
  };
  return record(
    scope,
    store,
    { id: 'RecordChallenger', stateName: 'Record challenger', key },
    objectOf(fields),
  );
}

function objectOf(fields: Readonly<Record<string, string>>): string {
  return literal(Object.fromEntries(Object.entries(fields).map(([name, code]) => [name, jsonata(code)])));
}

function record(
  scope: Construct,
  store: DataStore,
  { id, stateName, key }: { id: string; stateName: string; key: string },
  content: string,
): sfn.TaskStateBase {
  return new ServiceTask<PutObjectCommandInput>(scope, id, {
    stateName,
    action: 'aws-sdk:s3:putObject',
    arguments: {
      Bucket: store.artifacts.bucketName,
      Key: key,
      ContentType: RECORD_TYPE,
      Body: jsonata(content),
    },
    timeout: CALL_TIMEOUT,
    permissions: putObject(store, key),
    outputs: {},
  });
}
