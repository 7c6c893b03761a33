import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import { Construct } from 'constructs';
import type { ErrorName } from '../../contract/errors';
import { layout } from '../../contract/layout';
import type { DataStore } from '../../platform/data-store';
import { jsonata } from '../../states/jsonata';
import { putObject } from '../../states/permissions';
import { ServiceTask } from '../../states/service-task';

export interface RejectionProps {
  readonly store: DataStore;
  /** Names of the two states. */
  readonly names: { readonly record: string; readonly fail: string };
  /** Error name of the failed execution. */
  readonly error: ErrorName;
  /** JSONata that yields the reason, in a sentence. */
  readonly reason: string;
}

/**
 * Ends a run whose model was not accepted: it stores the input, so that the next schedule does not train it again, and
 * fails with a separate error name. Reads `$plan`.
 */
export class Rejection extends Construct {
  readonly startState: sfn.TaskStateBase;

  constructor(scope: Construct, id: string, { store, names, error, reason }: RejectionProps) {
    super(scope, id);
    this.startState = new ServiceTask<PutObjectCommandInput>(this, 'Record', {
      stateName: names.record,
      action: 'aws-sdk:s3:putObject',
      arguments: {
        Bucket: store.artifacts.bucketName,
        Key: jsonata('$plan.rejectionKey'),
        ContentType: 'application/json',
        Body: jsonata(
          `{'runId': $plan.runId, 'reason': ${reason}, 'champion': $plan.champion ? $plan.champion.runId : null}`,
        ),
      },
      timeout: Duration.minutes(1),
      policies: putObject(store, layout.rejection('*')),
      outputs: {},
    });
    this.startState.next(
      sfn.Fail.jsonata(this, 'Fail', { stateName: names.fail, error, cause: jsonata(reason) }),
    );
  }
}
