import { readToken, writeToken } from '../../core/paging';
import { validation } from './request-limits';

/** What SageMaker's List operations have in common. */
export interface ListRequest {
  CreationTimeAfter?: Date;
  CreationTimeBefore?: Date;
  NameContains?: string;
  SortBy?: string;
  SortOrder?: string;
  MaxResults?: number;
  NextToken?: string;
}

/** What of a resource a list is filtered and sorted by. */
export interface ListKey {
  name: string;
  created: Date;
  /** Other orders than by `CreationTime` and `Name`: values in this order. */
  status?: string;
}

const MAX_RESULTS = 100;
const DEFAULT_RESULTS = 10;

/**
 * A page of resources: by their creation, the newest last, unless asked otherwise. The token names the last one of
 * the page before.
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
  // Sorting is stable: what is equal stays in the order in which it was made.
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

/** What the lists of jobs have besides. */
export interface JobListRequest extends ListRequest {
  StatusEquals?: string;
  LastModifiedTimeAfter?: Date;
  LastModifiedTimeBefore?: Date;
}

export interface JobKey extends ListKey {
  modified: Date;
}

/**
 * A page of jobs. Unlike the registry's lists, those of jobs begin with the newest (API reference of
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
