import * as z from 'zod';
import { instanceType, whole } from './parts';

/** Seconds after a change of the number of instances in which no other follows, 0 to 3,600. */
const cooldown = whole(0, 3_600);
/** Instances, as many as a variant may have here. */
const MAX_INSTANCES = 100;

const variant = z.strictObject({
  /** Name of the production variant, unique in the list. */
  name: z
    .string()
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'at most 63 letters, digits and inner hyphens'),
  instanceType,
  /** Instances behind the variant, 1 to 100. Two at least survive the loss of a zone. */
  instanceCount: whole(1, MAX_INSTANCES),
  /** Share of traffic relative to the other variants' weights, 0 or more. */
  weight: z.number().min(0),
});

const cooldowns = { scaleInCooldownSeconds: cooldown, scaleOutCooldownSeconds: cooldown };

/** What answers requests. */
export const serving = z.discriminatedUnion('kind', [
  /** Instances that answer within the request. */
  z.strictObject({
    kind: z.literal('realtime'),
    /** Production variants, 1 to 10, all of the accepted model. */
    variants: z.array(variant).min(1).max(10),
    /** Instances of each variant follow its load; null keeps `instanceCount`. */
    scaling: z.nullable(
      z.strictObject({
        minInstances: whole(1, MAX_INSTANCES),
        maxInstances: whole(1, MAX_INSTANCES),
        /** Requests a minute that one instance should get, 1 or more. */
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
    /** Requests at once, 1 to 200; more are throttled. */
    maxConcurrency: whole(1, 200),
  }),
  /** A queue before instances; answers lie in S3. */
  z.strictObject({
    kind: z.literal('asynchronous'),
    instanceType,
    instanceCount: whole(1, MAX_INSTANCES),
    /** Requests that one instance works on at once, 1 to 1,000. */
    concurrentPerInstance: whole(1, 1_000),
    /** Days that requests and answers are kept, 1 to 365. */
    keepDays: whole(1, 365),
    /** Of which requests the team is told: none, those that failed, or all. */
    notify: z.enum(['none', 'failures', 'all']),
    /** Instances follow the queue, down to none; null keeps `instanceCount`. */
    scaling: z.nullable(
      z.strictObject({
        minInstances: whole(0, MAX_INSTANCES),
        maxInstances: whole(1, MAX_INSTANCES),
        /** Requests in the queue that one instance should have, 1 or more. */
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
    /** Requests that one instance gets at once, 1 to 16: of 6 MB each, and 100 MB is SageMaker's limit for all. */
    concurrentPerInstance: whole(1, 16),
    /** Longest run time of the job, minutes, 1 to 7,200. */
    maxRuntimeMinutes: whole(1, 7_200),
  }),
]);

/** SageMaker's limit for each wait of a deployment, in seconds. */
const MAX_WAIT_SECONDS = 3_600;
/** Seconds that alarms are watched before the deployment goes on, 0 to 3,600. */
const bakeSeconds = whole(0, MAX_WAIT_SECONDS);

/** How a new model comes into service. */
export const deployment = z.discriminatedUnion('strategy', [
  /** To the new fleet in one step, once it answers. */
  z.strictObject({ strategy: z.literal('allAtOnce'), bakeSeconds }),
  /** A part first, the rest after the wait. */
  z.strictObject({
    strategy: z.literal('canary'),
    /** Share of the capacity that gets the new model first, percent, 1 to 50. */
    canaryPercent: whole(1, 50),
    bakeSeconds,
  }),
  /** In equal steps. */
  z.strictObject({
    strategy: z.literal('linear'),
    /** Share of the capacity a step, percent, 10 to 50. */
    stepPercent: whole(10, 50),
    bakeSeconds,
  }),
  /** Batch by batch on the fleet itself, without a second one. */
  z.strictObject({
    strategy: z.literal('rolling'),
    /** Share of the instances that are replaced at once, percent, 5 to 50. */
    batchPercent: whole(5, 50),
    bakeSeconds,
  }),
  /** Beside the champion, as a second production variant, until somebody decides. */
  z.strictObject({
    strategy: z.literal('abTest'),
    /** Share of the requests that the challenger gets, percent, 1 to 99. */
    challengerPercent: whole(1, 99),
    bakeSeconds,
  }),
  /** Behind the champion: it gets copies of requests, and nobody its answers, until somebody decides. */
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
