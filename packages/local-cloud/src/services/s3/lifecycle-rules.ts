import type { LifecycleRule, LifecycleRuleFilter, Transition } from '@aws-sdk/client-s3';
import { ServiceError } from '../../model/errors';
import { malformedXml } from './malformed-xml';

const ACTIONS = [
  ...['Expiration', 'Transitions', 'NoncurrentVersionExpiration', 'NoncurrentVersionTransitions'],
  'AbortIncompleteMultipartUpload',
] as (keyof LifecycleRule)[];

/** Storage classes for objects that are at least 30 days old (User Guide, "Transitioning objects"). */
const INFREQUENT = ['STANDARD_IA', 'ONEZONE_IA'];
const MINIMUM_DAYS = 30;

/**
 * Checks the rules of a lifecycle configuration that concern several fields. The rules and their codes are those of the
 * API reference (PutBucketLifecycleConfiguration, LifecycleRule); S3's sentences as reproduced in
 * https://github.com/noobaa/noobaa-core (s3_put_bucket_lifecycle.js) and https://github.com/scality/Arsenal
 * (lib/models/LifecycleConfiguration.ts).
 *
 * @throws ServiceError InvalidArgument, InvalidRequest, MalformedXML
 */
export function checkLifecycle(configuration: { Rules?: LifecycleRule[] } | undefined): void {
  const { Rules = [] } = configuration ?? {};
  if (Rules.length === 0) throw malformedXml();
  const ids = Rules.flatMap(({ ID }) => ID ?? []);
  if (new Set(ids).size < ids.length) {
    throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule');
  }
  for (const rule of Rules) {
    checkFilter(rule);
    if (!ACTIONS.some((action) => isPresent(rule[action]))) {
      throw invalidRequest('At least one action needs to be specified in a rule');
    }
    checkExpiration(rule);
    for (const transition of rule.Transitions ?? []) checkTransition(transition);
    checkOrder(rule);
    checkNoncurrent(rule);
  }
}

const isPresent = (value: unknown) => value !== undefined && !(Array.isArray(value) && value.length === 0);

/** A rule has either a filter or, as in the first version of the API, a prefix. */
function checkFilter({ Filter, ...rule }: LifecycleRule): void {
  const prefix = (rule as { Prefix?: string }).Prefix;
  if ((Filter === undefined) === (prefix === undefined)) throw malformedXml();
  if (Filter === undefined) return;
  const members = Object.values(Filter).filter((value) => value !== undefined);
  if (members.length > 1) throw malformedXml();
  if (Filter.And === undefined) return;
  const { Tags = [], ...others } = Filter.And;
  if (Tags.length + Object.values(others).filter((value) => value !== undefined).length < 2) {
    throw malformedXml();
  }
}

function checkExpiration({ Expiration }: LifecycleRule): void {
  if (Expiration === undefined) return;
  const times = [Expiration.Days, Expiration.Date, Expiration.ExpiredObjectDeleteMarker];
  if (times.filter((time) => time !== undefined).length !== 1) throw malformedXml();
  checkDate(Expiration.Date);
}

function checkTransition({ Days, Date: date, StorageClass = '' as never }: Transition): void {
  if ((Days === undefined) === (date === undefined)) throw malformedXml();
  checkDate(date);
  if (Days !== undefined) checkAge('Days', 'Transition', Days, StorageClass);
}

function checkAge(field: string, action: string, days: number, storageClass: string): void {
  if (!INFREQUENT.includes(storageClass) || days >= MINIMUM_DAYS) return;
  throw invalidArgument(
    `'${field}' in ${action} action must be greater than or equal to ${MINIMUM_DAYS} for storageClass '${storageClass}'`,
  );
}

function checkDate(date: Date | undefined): void {
  if (date === undefined || date.getTime() % 86_400_000 === 0) return;
  throw invalidArgument("'Date' must be at midnight GMT");
}

/** Objects expire after their transitions. */
function checkOrder(rule: LifecycleRule): void {
  const { Days, Date: date } = rule.Expiration ?? {};
  const filter = shownFilter(rule);
  for (const transition of rule.Transitions ?? []) {
    const isMixed =
      (Days !== undefined && transition.Date !== undefined) ||
      (date !== undefined && transition.Days !== undefined);
    if (isMixed) {
      throw invalidRequest(
        `Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter '${filter}'`,
      );
    }
    if (Days !== undefined && Days <= transition.Days!) {
      throw invalidArgument(
        `'Days' in the Expiration action for filter '${filter}' must be greater than 'Days' in the Transition action`,
      );
    }
    if (date !== undefined && date <= transition.Date!) {
      throw invalidArgument(
        `'Date' in the Expiration action for filter '${filter}' must be later than 'Date' in the Transition action`,
      );
    }
  }
}

function checkNoncurrent(rule: LifecycleRule): void {
  const end = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  for (const { NoncurrentDays = 0, StorageClass = '' } of rule.NoncurrentVersionTransitions ?? []) {
    checkAge('NoncurrentDays', 'NoncurrentVersionTransition', NoncurrentDays, StorageClass);
    if (end === undefined || end > NoncurrentDays) continue;
    throw invalidArgument(
      `'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '${shownFilter(rule)}' must be greater than 'NoncurrentDays' in the NoncurrentVersionTransition action`,
    );
  }
}

function shownFilter({ Filter, ...rule }: LifecycleRule): string {
  const { Prefix, And }: LifecycleRuleFilter = Filter ?? {};
  return `(prefix=${Prefix ?? And?.Prefix ?? (rule as { Prefix?: string }).Prefix ?? ''})`;
}

const invalidArgument = (message: string) => new ServiceError('InvalidArgument', message, { status: 400 });

const invalidRequest = (message: string) => new ServiceError('InvalidRequest', message, { status: 400 });
