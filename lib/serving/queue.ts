import type { IRole } from 'aws-cdk-lib/aws-iam';
import { layout } from '../contract/layout';
import type { DataStore } from '../platform/data-store';

const BY_REQUEST = 'the id of a request of an asynchronous endpoint is created when it arrives';

/** Grants storing requests of an asynchronous endpoint in S3, and reading their answers. */
export function grantQueue(store: DataStore, role: IRole): void {
  const bucket = store.artifacts;
  store.grantWrite(role, { bucket, key: layout.asyncRequest('*'), because: BY_REQUEST });
  store.grantWrite(role, { bucket, key: layout.asyncLocation('*'), because: BY_REQUEST });
  store.grantRead(role, { bucket, key: layout.asyncLocation('*'), because: BY_REQUEST });
  store.grantList(role, bucket);
  for (const prefix of [layout.asyncAnswers, layout.asyncFailures]) {
    store.grantRead(role, { bucket, key: `${prefix}*`, because: BY_REQUEST });
  }
}

/** Grants the endpoint's containers access to requests and answers: SageMaker acts as the model's role. */
export function grantWork(store: DataStore, role: IRole): void {
  const bucket = store.artifacts;
  store.grantRead(role, { bucket, key: layout.asyncRequest('*'), because: BY_REQUEST });
  for (const prefix of [layout.asyncAnswers, layout.asyncFailures]) {
    store.grantWrite(role, { bucket, key: `${prefix}*`, because: BY_REQUEST });
  }
}
