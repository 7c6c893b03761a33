import type { Readable } from 'node:stream';
import type { Sdk, ServiceFacts, ServiceId } from '../model/catalog';
import type { WireRequest, WireResponse } from '../model/wire';
import type { Cloud } from './cloud';
import type { Principal } from './principals';
import type { ResourceTypes } from './resource-type';

type Callback<O> = (error: never, data?: O) => void;

/** The SDK's type without the methods that the SDK adds to streams and blobs. */
type Plain<T> = [Extract<T, { transformToString(encoding?: string): unknown }>] extends [never]
  ? T
  : Readable | Uint8Array | Extract<T, undefined>;

type PlainMembers<T> = { [K in keyof T as Exclude<K, '$metadata'>]: Plain<T[K]> };

/** The SDK's aggregated client has one method for each operation; its last overload has input and output. */
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

/** The caller of an operation. Every call has a principal, over HTTP and from inside. */
export interface Caller {
  principal: Principal;
  /** Aborted when the caller no longer waits for the answer. */
  signal?: AbortSignal;
  /** The request id of the answer; by default, a new one. */
  requestId?: string;
  /** The resource for which a service calls: policies see its ARN in `aws:SourceArn`. */
  sourceArn?: string;
  /** The service that forwards its caller's call, such as `s3`: key policies see it in `kms:ViaService`. */
  via?: string;
  /** The state of a Step Functions execution whose task makes the call. */
  state?: string;
  /** The call is an upload from an HTML form, which S3's events report as `POST Object`. */
  form?: true;
}

/** The call that a handler answers. */
export interface Call extends Caller {
  requestId: string;
}

export type Operations<S extends ServiceId> = {
  [O in OperationName<S>]?: (input: Input<S, O>, call: Call) => Promise<Output<S, O>>;
};

/** Condition keys with their values, such as `iam:PassedToService`. */
export type PermissionContext = Readonly<Record<string, string | readonly string[]>>;

/** One IAM action and its resources. A policy must allow the action on each of them. */
export interface Permission {
  action: string;
  resources: readonly string[];
  /** Condition keys besides the global ones, which every request has. */
  context?: PermissionContext;
}

/** Options of services by their id. Each service adds its own by declaration merging. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Settings {}

/** A part of AWS that has CloudFormation resource types, such as IAM, and no API on the local cloud. */
export interface ResourceProvider {
  readonly resourceTypes: ResourceTypes;
  /** Connects the provider with other services, when it is registered. */
  readonly connect?: (cloud: Cloud) => void;
}

/** A service of the local cloud: the export of a folder below `services/`. */
export interface ServiceDefinition<S extends ServiceId = ServiceId> extends Partial<ResourceProvider> {
  readonly id: S;
  readonly facts: ServiceFacts;
  create(cloud: Cloud): Service<S>;
}

export interface Host {
  readonly prefix: string;
  answer(request: WireRequest): Promise<WireResponse>;
}

/** A service of a cloud: its operations and its hooks. */
export interface Service<S extends ServiceId = ServiceId> {
  operations: Operations<S>;
  /**
   * Returns the permissions that an operation needs, from its input and its caller. By default, an operation needs the
   * action of its own name on `*`.
   */
  permissions?: {
    [O in OperationName<S>]?: (input: Input<S, O>, caller: Caller) => Permission | Permission[];
  };
  /** Returns the policy document attached to a resource of this service; undefined if it has none. */
  resourcePolicy?: (arn: string) => unknown;
  /** Answers requests to hosts of the service's own, whose names begin with the prefix. */
  host?: Host;
  /** Runs once when the cloud has its endpoint: resumes the work of an earlier process. */
  start?: () => Promise<void>;
  /** Runs once before the cloud's state is written for the last time. */
  stop?: () => Promise<void>;
}
