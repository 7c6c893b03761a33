import type {
  BucketLifecycleConfiguration,
  LifecycleRule,
  LifecycleRuleFilter,
  NoncurrentVersionTransition,
  Tag,
  Transition,
  TransitionDefaultMinimumObjectSize,
} from '@aws-sdk/client-s3';

interface CfnTransition {
  StorageClass: string;
  TransitionInDays?: number;
  TransitionDate?: string;
}

interface CfnNoncurrentTransition {
  StorageClass: string;
  TransitionInDays: number;
  NewerNoncurrentVersions?: number;
}

interface CfnRule {
  Id?: string;
  Status: 'Enabled' | 'Disabled';
  Prefix?: string;
  TagFilters?: Tag[];
  /** Numbers as text. */
  ObjectSizeGreaterThan?: string;
  ObjectSizeLessThan?: string;
  ExpirationInDays?: number;
  ExpirationDate?: string;
  ExpiredObjectDeleteMarker?: boolean;
  Transition?: CfnTransition;
  Transitions?: CfnTransition[];
  NoncurrentVersionExpiration?: { NoncurrentDays: number; NewerNoncurrentVersions?: number };
  NoncurrentVersionExpirationInDays?: number;
  NoncurrentVersionTransition?: CfnNoncurrentTransition;
  NoncurrentVersionTransitions?: CfnNoncurrentTransition[];
  AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number };
}

/** The `LifecycleConfiguration` of AWS::S3::Bucket. */
export interface CfnLifecycle {
  Rules: CfnRule[];
  TransitionDefaultMinimumObjectSize?: TransitionDefaultMinimumObjectSize;
}

/** Pairs of properties of which a rule has at most one (template reference, AWS::S3::Bucket Rule). */
const ALTERNATIVES = [
  ['Transition', 'Transitions'],
  ['NoncurrentVersionTransition', 'NoncurrentVersionTransitions'],
  ['NoncurrentVersionExpiration', 'NoncurrentVersionExpirationInDays'],
] as const;

/** Returns the configuration with the names of S3's API. */
export function lifecycleOfTemplate({ Rules }: CfnLifecycle): BucketLifecycleConfiguration {
  return { Rules: Rules.map(ruleOf) };
}

function ruleOf(rule: CfnRule): LifecycleRule {
  for (const [one, other] of ALTERNATIVES) {
    if (rule[one] === undefined || rule[other] === undefined) continue;
    throw new Error(`A lifecycle rule has both ${one} and ${other}; use only one of them.`);
  }
  const { Id, Status, AbortIncompleteMultipartUpload } = rule;
  const transitions = rule.Transitions ?? (rule.Transition && [rule.Transition]);
  const noncurrent =
    rule.NoncurrentVersionTransitions ??
    (rule.NoncurrentVersionTransition && [rule.NoncurrentVersionTransition]);
  const days = rule.NoncurrentVersionExpirationInDays;
  return present({
    ID: Id,
    Status,
    Filter: filterOf(rule),
    Expiration: expirationOf(rule),
    Transitions: transitions?.map(transitionOf),
    NoncurrentVersionExpiration:
      days === undefined ? rule.NoncurrentVersionExpiration : { NoncurrentDays: days },
    NoncurrentVersionTransitions: noncurrent?.map(noncurrentTransitionOf),
    AbortIncompleteMultipartUpload,
  });
}

/** Returns the filter: one condition by itself, several in `And`, and an empty prefix for all objects. */
function filterOf(rule: CfnRule): LifecycleRuleFilter {
  const { Prefix, TagFilters: Tags = [] } = rule;
  const sizes = present({
    ObjectSizeGreaterThan: numberOf(rule.ObjectSizeGreaterThan),
    ObjectSizeLessThan: numberOf(rule.ObjectSizeLessThan),
  });
  const count = (Prefix === undefined ? 0 : 1) + Tags.length + Object.keys(sizes).length;
  if (count > 1) return { And: present({ Prefix, ...(Tags.length > 0 && { Tags }), ...sizes }) };
  if (Tags[0]) return { Tag: Tags[0] };
  return Object.keys(sizes).length > 0 ? sizes : { Prefix: Prefix ?? '' };
}

function expirationOf(rule: CfnRule): LifecycleRule['Expiration'] {
  const { ExpirationInDays: Days, ExpirationDate, ExpiredObjectDeleteMarker } = rule;
  const expiration = present({ Days, Date: dateOf(ExpirationDate), ExpiredObjectDeleteMarker });
  return Object.keys(expiration).length > 0 ? expiration : undefined;
}

function transitionOf({ StorageClass, TransitionInDays, TransitionDate }: CfnTransition): Transition {
  return present({
    StorageClass: storageClassOf(StorageClass),
    Days: TransitionInDays,
    Date: dateOf(TransitionDate),
  }) as Transition;
}

function noncurrentTransitionOf(transition: CfnNoncurrentTransition): NoncurrentVersionTransition {
  const { StorageClass, TransitionInDays, NewerNoncurrentVersions } = transition;
  return present({
    StorageClass: storageClassOf(StorageClass),
    NoncurrentDays: TransitionInDays,
    NewerNoncurrentVersions,
  }) as NoncurrentVersionTransition;
}

/** CloudFormation also accepts `Glacier` for GLACIER. */
const storageClassOf = (name: string) => (name === 'Glacier' ? 'GLACIER' : name);

const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));

const dateOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text));

function present<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
