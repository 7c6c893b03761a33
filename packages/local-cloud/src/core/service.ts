import type { Readable } from 'node:stream';
import type { Sdk, ServiceFacts, ServiceId } from '../model/catalog';
import type { Cloud } from './cloud';
import type { Principal } from './principals';
import type { ResourceTypes } from './resource-type';

type Callback<O> = (error: never, data?: O) => void;

/** Streams and blobs reach a handler, and leave it, without the methods that the SDK mixes into them. */
type Plain<T> = [Extract<T, { transformToString(encoding?: string): unknown }>] extends [never]
  ? T
  : Readable | Uint8Array | Extract<T, undefined>;

type PlainMembers<T> = { [K in keyof T as Exclude<K, '$metadata'>]: Plain<T[K]> };

/** The SDK's aggregated client has one method an operation; its last overload shows input and output. */
type InputOf<M> = M extends (input: infer I, options: never, callback: never) => void ? I : never;
type OutputOf<M> = M extends (input: never, options: never, callback: infer C) => void
  ? C extends Callback<infer O>
    ? O
    : never
  : never;

type MethodName<S extends ServiceId> = {
  [K in keyof Sdk[S] & string]: InputOf<Sdk[S][K]> extends object ? K : never;
}[keyof Sdk[S] & string];

export type OperationName<S extends ServiceId> = Capitalize<MethodName<S>>;

type Method<S extends ServiceId, O extends string> =
  Uncapitalize<O> extends keyof Sdk[S] ? Sdk[S][Uncapitalize<O>] : never;

export type Input<S extends ServiceId, O extends string> = InputOf<Method<S, O>>;
export type Output<S extends ServiceId, O extends string> = PlainMembers<OutputOf<Method<S, O>>>;

/** Who calls. Every call has a principal, whether it came over HTTP or from inside. */
export interface Caller {
  principal: Principal;
  /** Aborted when the caller no longer waits for the answer. */
  signal?: AbortSignal;
  /** The id that the answer shows; a new one, if not given. */
  requestId?: string;
  /** What a service calls for: the ARN that policies see in `aws:SourceArn`. */
  sourceArn?: string;
  /** The service that passes on its caller's call, such as `s3`: what key policies see in `kms:ViaService`. */
  via?: string;
  /** The call is an upload from an HTML form, which S3's events report as `POST Object`. */
  form?: true;
}

/** What a handler knows about the call it answers. */
export interface Call extends Caller {
  requestId: string;
}

export type Operations<S extends ServiceId> = {
  [O in OperationName<S>]?: (input: Input<S, O>, call: Call) => Promise<Output<S, O>>;
};

/** Condition keys to values, such as `iam:PassedToService`. */
export type PermissionContext = Readonly<Record<string, string | readonly string[]>>;

/** One IAM action on the resources it touches, as a policy would have to allow it: on each of them. */
export interface Permission {
  action: string;
  resources: readonly string[];
  /** Condition keys beside the global ones, which every request has. */
  context?: PermissionContext;
}

/** Options of services by their id. Each service adds its own here. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Settings {}

/** Part of AWS that has CloudFormation resource types, such as IAM, and no API on the local cloud. */
export interface ResourceProvider {
  readonly resourceTypes: ResourceTypes;
}

/** A service of the local cloud: everything that a folder below `services/` exports. */
export interface ServiceDefinition<S extends ServiceId = ServiceId> extends Partial<ResourceProvider> {
  readonly id: S;
  readonly facts: ServiceFacts;
  create(cloud: Cloud): Service<S>;
}

/** A service in a cloud: its operations, and what they need around them. */
export interface Service<S extends ServiceId = ServiceId> {
  operations: Operations<S>;
  /**
   * The permissions that an operation needs, from its input and its caller. Without it, an operation needs the action
   * of its own name on `*`.
   */
  permissions?: {
    [O in OperationName<S>]?: (input: Input<S, O>, caller: Caller) => Permission | Permission[];
  };
  /** The policy document attached to a resource of this service; undefined, if it has none. */
  resourcePolicy?: (arn: string) => unknown;
  /** Called once when the cloud has its endpoint: picks up what an earlier process left. */
  start?: () => Promise<void>;
  /** Called once before the cloud's state is written for the last time. */
  stop?: () => Promise<void>;
}
