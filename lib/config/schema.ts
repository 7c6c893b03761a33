import * as z from 'zod';
import { HYPERPARAMETERS, type HyperparameterName } from '../contract/hyperparameters';

/** SageMaker instance type, e.g. `ml.m5.large`. */
const instanceType = z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type such as ml.m5.large');
const share = z.number().min(0).max(1);
const whole = (min: number, max: number) => z.int().min(min).max(max);

/** SageMaker's limits on run time: 5 days for Processing, 28 days for training; both in minutes. */
const MAX_PROCESSING_MINUTES = 7_200;
const MAX_TRAINING_MINUTES = 40_320;

const processingJob = z.strictObject({
  /** CPU instance type. */
  instanceType,
  /** Volume of an instance, GB, 1 to 16,384: it holds the job's input and output. */
  volumeSizeGb: whole(1, 16_384),
  /** Longest run time, minutes, 1 to 7,200. */
  maxRuntimeMinutes: whole(1, MAX_PROCESSING_MINUTES),
});

const variant = z.strictObject({
  /** Name of the production variant, unique in the list. */
  name: z
    .string()
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'at most 63 letters, digits and inner hyphens'),
  instanceType,
  /** Instances behind the variant, 1 to 100. Two at least survive the loss of a zone. */
  instanceCount: whole(1, 100),
  /** Share of traffic relative to the other variants' weights, 0 or more. */
  weight: z.number().min(0),
});

/** What an environment is made of; `docs/configuration.md` lists it, one line a field. */
export const ConfigSchema = z.strictObject({
  /** Name of the app, the first word of what it names: at most 12 lower-case letters, digits and hyphens. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens')
    .max(12),
  /** Name of the environment, the second word: at most 8 lower-case letters and digits. */
  environment: z
    .string()
    .regex(/^[a-z][a-z0-9]*$/, 'lower-case letters and digits')
    .max(8),
  /** AWS account, 12 digits. Default: the account of the credentials that deploy. */
  account: z.optional(z.string().regex(/^\d{12}$/, '12 digits')),
  /** AWS region. Default: the region of the credentials that deploy. */
  region: z.optional(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-west-1')),
  /** True keeps buckets, key and images when the stack is deleted, and protects the stack from deletion. */
  retainData: z.boolean(),
  /** Days that logs are kept: one of CloudWatch's own numbers, e.g. 7, 30, 90, 365. */
  logRetentionDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]),

  data: z.strictObject({
    /** Key prefix of the training data (.csv objects) in the data bucket; ends in a slash. */
    prefix: z.string().regex(/^([\w.-]+\/)+$/, 'a key prefix that ends in a slash'),
    /** Key of the schema in the data bucket, outside of the prefix. */
    schemaKey: z.string().regex(/^[\w./-]+\.json$/, 'a key that ends in .json'),
    /** Most Processing jobs a run, 1 to 40; 40 is also what an inline Map runs at once. */
    maxShards: whole(1, 40),
    /** Share of rows for validation while training, 0 to 0.5, not 0. */
    validationFraction: z.number().gt(0).max(0.5),
    /** Share of rows in the holdout, 0 to 0.5, not 0. Changing it moves rows between splits. */
    testFraction: z.number().gt(0).max(0.5),
  }),

  preprocessing: processingJob,
  evaluation: processingJob,

  training: z.strictObject({
    /** Decides between the CPU and the GPU base image. A new account's quota for GPU Spot instances is often 0. */
    instanceType,
    /** Instances, 1 to 20. */
    instanceCount: whole(1, 20),
    /** Volume of an instance, GB, 1 to 16,384; without effect where the type has local NVMe disks. */
    volumeSizeGb: whole(1, 16_384),
    /** Longest training time in all attempts together, minutes, 1 to 40,320. */
    maxRuntimeMinutes: whole(1, MAX_TRAINING_MINUTES),
    /** Training on Spot instances; null trains on demand. */
    spot: z.nullable(
      z.strictObject({
        /** Training time and waiting for capacity together, minutes; at least maxRuntimeMinutes. */
        maxWaitMinutes: whole(1, MAX_TRAINING_MINUTES),
        /** True trains on demand where Spot has no capacity. */
        onDemandFallback: z.boolean(),
      }),
    ),
    /** Base image on a CPU instance type. */
    cpuBaseImage: z.string().min(1),
    /** Base image on a GPU instance type. */
    gpuBaseImage: z.string().min(1),
  }),

  /** Values in SSM Parameter Store, by name; the rest have their defaults. */
  hyperparameters: z.partialRecord(
    z.enum(Object.keys(HYPERPARAMETERS) as [HyperparameterName, ...HyperparameterName[]]),
    z.number(),
  ),

  gate: z.strictObject({
    /** Least accuracy on the holdout, 0 to 1. */
    threshold: share,
    /** How much lower than the champion's the candidate's accuracy may be, 0 to 1. */
    championTolerance: share,
    /** How far the training job's own accuracy may lie from the evaluation's, 0 to 1. */
    trainingTolerance: share,
  }),

  endpoint: z.strictObject({
    /** Production variants, 1 to 10, all of the accepted model. */
    variants: z.array(variant).min(1).max(10),
    /** Percentage of requests and answers stored below `capture/`, 0 (none) to 100. */
    dataCapturePercent: whole(0, 100),
    /** Seconds between two looks at an endpoint that is being updated, 1 to 300. */
    pollSeconds: whole(1, 300),
    /** Longest time an update may take, minutes, 1 to 480. */
    timeoutMinutes: whole(1, 480),
  }),

  api: z.strictObject({
    /** Requests a second, for the stage and for each API key. */
    rateLimit: z.number().positive().max(10_000),
    /** Requests at once beyond the rate. */
    burstLimit: whole(1, 5_000),
    /** Requests a day and API key. */
    dailyQuota: whole(1, 1_000_000_000),
  }),

  notifications: z.strictObject({
    /** Mail addresses subscribed to the outcomes; each has to confirm once. */
    emails: z.array(z.email()),
  }),
});

type DeepReadonly<T> = T extends (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** One environment. */
export type PipelineConfig = DeepReadonly<z.infer<typeof ConfigSchema>>;
export type VariantConfig = PipelineConfig['endpoint']['variants'][number];
