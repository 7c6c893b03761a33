import * as z from 'zod';
import { instanceType, whole } from './parts';

/** Seconds after a change of the number of instances before another change, 0 to 3,600. */
const cooldown = whole(0, 3_600);
/** Maximum instances of a variant. */
const MAX_INSTANCES = 100;

const variant = z.strictObject({
  /** Name of the production variant, unique in the list. */
  name: z
    .string()
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'at most 63 letters, digits and inner hyphens'),
  instanceType,
  /** Instances of the variant, 1 to 100. Two at least survive the loss of a zone. */
  instanceCount: whole(1, MAX_INSTANCES),
  /** Share of traffic relative to the other variants' weights, 0 or more. */
  weight: z.number().min(0),
});

const cooldowns = { scaleInCooldownSeconds: cooldown, scaleOutCooldownSeconds: cooldown };

/** Kinds of serving. */
export const serving = z.discriminatedUnion('kind', [
  /** Instances that answer within the request. */
  z.strictObject({
    kind: z.literal('realtime'),
    /** Production variants, 1 to 10, all of the accepted model. */
    variants: z.array(variant).min(1).max(10),
    /** Scaling of each variant by its load; null keeps `instanceCount`. */
    scaling: z.nullable(
      z.strictObject({
        minInstances: whole(1, MAX_INSTANCES),
        maxInstances: whole(1, MAX_INSTANCES),
        /** Target of requests per minute and instance, 1 or more. */
        invocationsPerInstance: whole(1, 1_000_000),
        ...cooldowns,
      }),
    ),
  }),
  /** No instances; a container starts with a request. */
  z.strictObject({
    kind: z.literal('serverless'),
    /** MB; CPU grows with it. */
    memoryMb: z.literal([1_024, 2_048, 3_072, 4_096, 5_120, 6_144]),
    /** Concurrent requests, 1 to 200; more are throttled. */
    maxConcurrency: whole(1, 200),
  }),
  /** A queue in front of instances; answers are written to S3. */
  z.strictObject({
    kind: z.literal('asynchronous'),
    instanceType,
    instanceCount: whole(1, MAX_INSTANCES),
    /** Concurrent requests per instance, 1 to 1,000. */
    concurrentPerInstance: whole(1, 1_000),
    /** Retention of requests and answers in days, 1 to 365. */
    keepDays: whole(1, 365),
    /** Requests that the team is notified of: none, failed ones, or all. */
    notify: z.enum(['none', 'failures', 'all']),
    /** Scaling by the queue, down to no instance; null keeps `instanceCount`. */
    scaling: z.nullable(
      z.strictObject({
        minInstances: whole(0, MAX_INSTANCES),
        maxInstances: whole(1, MAX_INSTANCES),
        /** Target of queued requests per instance, 1 or more. */
        backlogPerInstance: whole(1, 1_000_000),
        ...cooldowns,
      }),
    ),
  }),
  /** No endpoint: a transform job predicts all objects below a prefix. */
  z.strictObject({
    kind: z.literal('batch'),
    instanceType,
    instanceCount: whole(1, MAX_INSTANCES),
    /**
     * Key prefix of the inputs (.csv objects of at most 6 MB) in the data bucket, outside of `data.prefix`; ends in a
     * slash.
     */
    prefix: z.string().regex(/^([\w.-]+\/)+$/, 'a key prefix that ends in a slash'),
    /** Concurrent requests per instance, 1 to 16: of 6 MB each, and 100 MB is SageMaker's limit for all. */
    concurrentPerInstance: whole(1, 16),
    /** Maximum run time of the job, minutes, 1 to 7,200. */
    maxRuntimeMinutes: whole(1, 7_200),
  }),
]);

/** SageMaker's limit for each wait of a deployment, in seconds. */
const MAX_WAIT_SECONDS = 3_600;
/** Seconds that alarms are watched before the deployment continues, 0 to 3,600. */
const bakeSeconds = whole(0, MAX_WAIT_SECONDS);

/** Deployment strategies. */
export const deployment = z.discriminatedUnion('strategy', [
  /** All traffic in one step, once the new fleet answers. */
  z.strictObject({ strategy: z.literal('allAtOnce'), bakeSeconds }),
  /** A part of the traffic first, the rest after the wait. */
  z.strictObject({
    strategy: z.literal('canary'),
    /** Share of the capacity that gets the new model first, percent, 1 to 50. */
    canaryPercent: whole(1, 50),
    bakeSeconds,
  }),
  /** Equal steps. */
  z.strictObject({
    strategy: z.literal('linear'),
    /** Share of the capacity per step, percent, 10 to 50. */
    stepPercent: whole(10, 50),
    bakeSeconds,
  }),
  /** Batch by batch on the existing fleet, without a second one. */
  z.strictObject({
    strategy: z.literal('rolling'),
    /** Share of the instances replaced at once, percent, 5 to 50. */
    batchPercent: whole(5, 50),
    bakeSeconds,
  }),
  /** A second production variant next to the champion's, until a person decides. */
  z.strictObject({
    strategy: z.literal('abTest'),
    /** Share of the requests sent to the challenger, percent, 1 to 99. */
    challengerPercent: whole(1, 99),
    bakeSeconds,
  }),
  /** A shadow variant: it receives copies of requests, its answers are not returned, until a person decides. */
  z.strictObject({
    strategy: z.literal('shadow'),
    /** Share of the requests that are copied, percent, 1 to 100. */
    copyPercent: whole(1, 100),
    bakeSeconds,
    /** Seconds after the bake until the answers of both are compared, 60 to 604,800 (a week). */
    observeSeconds: whole(60, 604_800),
  }),
]);

export const SERVING_KINDS = serving.options.map(({ shape }) => shape.kind.value);
export const DEPLOYMENT_STRATEGIES = deployment.options.map(({ shape }) => shape.strategy.value);
