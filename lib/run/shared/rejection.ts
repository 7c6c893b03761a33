import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import { Construct } from 'constructs';
import { ErrorName } from '../../contract/errors';
import { layout } from '../../contract/layout';
import type { DataStore } from '../../platform/data-store';
import { jsonata } from '../../states/jsonata';
import { putObject } from '../../states/permissions';
import type { Phase } from '../../states/phase';
import { ServiceTask } from '../../states/service-task';

interface RejectionWords {
  /** Names of the two states. */
  readonly record: string;
  readonly fail: string;
  /** Error name of the failed execution. */
  readonly error: ErrorName;
  /** JSONata that yields the reason, in a sentence. */
  readonly reason: string;
}

/** A model that missed the gate. */
export const REJECTED: RejectionWords = {
  record: 'Record rejection',
  fail: 'Reject model',
  error: ErrorName.ModelRejected,
  reason: '$decision.reason',
};

/** A model that a person rejected, or about which nobody decided in time. */
export const DENIED: RejectionWords = {
  record: 'Record denial',
  fail: 'Deny model',
  error: ErrorName.ApprovalDenied,
  reason: '$approval.message',
};

export interface RejectionProps {
  readonly store: DataStore;
  readonly words: RejectionWords;
}

/**
 * Ends a run whose model was not accepted: it stores the input, so that the next schedule does not train it again, and
 * fails with a separate error name. Reads `$plan`.
 */
export class Rejection extends Construct implements Phase<never> {
  readonly startState: sfn.TaskStateBase;
  readonly exits = {};

  constructor(scope: Construct, id: string, { store, words }: RejectionProps) {
    super(scope, id);
    const { record, fail, error, reason } = words;
    this.startState = new ServiceTask<PutObjectCommandInput>(this, 'Record', {
      stateName: record,
      action: 'aws-sdk:s3:putObject',
      arguments: {
        Bucket: store.artifacts.bucketName,
        Key: jsonata('$plan.rejectionKey'),
        ContentType: 'application/json',
        Body: jsonata(
          `{'runId': $plan.runId, 'reason': ${reason}, 'champion': $plan.judgedAgainst ? $plan.judgedAgainst.runId : null}`,
        ),
      },
      timeout: Duration.minutes(1),
      permissions: putObject(
        store,
        layout.rejection('*'),
        'the key of a rejection holds the fingerprint of the input, known when a run starts',
      ),
      outputs: {},
    });
    this.startState.next(sfn.Fail.jsonata(this, 'Fail', { stateName: fail, error, cause: jsonata(reason) }));
  }
}
