import { layout } from '../contract/layout';
import type { DataStore, Objects } from '../platform/data-store';
import type { Grantee } from '../platform/role';

const BY_REQUEST = 'the id of a request of an asynchronous endpoint is created when it arrives';

/** Grants storing requests of an asynchronous endpoint in S3, and reading their answers. */
export function grantQueue(store: DataStore, grantee: Grantee): void {
  const location = queued(store, layout.asyncLocation('*'));
  store.grantWrite(grantee, queued(store, layout.asyncRequest('*')), location);
  store.grantRead(grantee, location, ...outputs(store));
  store.grantList(grantee, store.artifacts);
}

/** Grants the endpoint's containers access to requests and answers: SageMaker acts as the model's role. */
export function grantWork(store: DataStore, grantee: Grantee): void {
  store.grantRead(grantee, queued(store, layout.asyncRequest('*')));
  store.grantWrite(grantee, ...outputs(store));
}

function outputs(store: DataStore): Objects[] {
  return [layout.asyncAnswers, layout.asyncFailures].map((prefix) => queued(store, `${prefix}*`));
}

function queued({ artifacts }: DataStore, key: string): Objects {
  return { bucket: artifacts, key, because: BY_REQUEST };
}
