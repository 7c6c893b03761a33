import { readToken, writeToken } from '../../core/paging';
import { validation } from './request-limits';

/** The common input of SageMaker's List operations. */
export interface ListRequest {
  CreationTimeAfter?: Date;
  CreationTimeBefore?: Date;
  NameContains?: string;
  SortBy?: string;
  SortOrder?: string;
  MaxResults?: number;
  NextToken?: string;
}

/** The fields of a resource that a list can filter and sort by. */
export interface ListKey {
  name: string;
  created: Date;
  /** Sort orders other than `CreationTime` and `Name`: values in this order. */
  status?: string;
}

const MAX_RESULTS = 100;
const DEFAULT_RESULTS = 10;

/**
 * Returns a page of resources, sorted by creation time, newest last, unless the request says otherwise. The token names
 * the last resource of the previous page.
 *
 * @throws ServiceError ValidationException
 */
export function listed<T>(
  items: readonly T[],
  keyOf: (item: T) => ListKey,
  request: ListRequest,
): { items: T[]; NextToken?: string } {
  const { MaxResults = DEFAULT_RESULTS, SortBy = 'CreationTime', SortOrder = 'Ascending' } = request;
  if (MaxResults < 1 || MaxResults > MAX_RESULTS) {
    throw validation(
      `1 validation error detected: Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and ${MAX_RESULTS}`,
    );
  }
  const rows = items
    .map((item) => ({ item, ...keyOf(item) }))
    .filter(
      ({ name, created }) =>
        name.includes(request.NameContains ?? '') &&
        !(request.CreationTimeAfter && created <= request.CreationTimeAfter) &&
        !(request.CreationTimeBefore && created >= request.CreationTimeBefore),
    );
  const value = (row: ListKey) =>
    SortBy === 'Name' ? row.name : SortBy === 'Status' ? row.status! : row.created.getTime();
  // The sort is stable: equal resources stay in the order of their creation.
  rows.sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
  if (SortOrder === 'Descending') rows.reverse();
  const last = request.NextToken && readToken(request.NextToken, validation);
  const from = last ? rows.findIndex(({ name }) => name === last) + 1 : 0;
  const shown = rows.slice(from, from + MaxResults);
  const more = from + MaxResults < rows.length;
  return {
    items: shown.map(({ item }) => item),
    ...(more && { NextToken: writeToken(shown.at(-1)!.name) }),
  };
}

/** The additional filters of job lists. */
export interface JobListRequest extends ListRequest {
  StatusEquals?: string;
  LastModifiedTimeAfter?: Date;
  LastModifiedTimeBefore?: Date;
}

export interface JobKey extends ListKey {
  modified: Date;
}

/**
 * Returns a page of jobs. Unlike those of the registry, lists of jobs begin with the newest (API reference of
 * ListTrainingJobs: "from the most current to the oldest").
 *
 * @throws ServiceError ValidationException
 */
export function listedJobs<T>(
  jobs: readonly T[],
  keyOf: (job: T) => JobKey,
  { StatusEquals, LastModifiedTimeAfter, LastModifiedTimeBefore, ...request }: JobListRequest,
): { items: T[]; NextToken?: string } {
  const found = jobs.filter((job) => {
    const { status, modified } = keyOf(job);
    return (
      (StatusEquals === undefined || status === StatusEquals) &&
      !(LastModifiedTimeAfter && modified <= LastModifiedTimeAfter) &&
      !(LastModifiedTimeBefore && modified >= LastModifiedTimeBefore)
    );
  });
  return listed(found, keyOf, { SortOrder: 'Descending', ...request });
}
