import * as z from 'zod';
import { HYPERPARAMETERS, type HyperparameterName } from '../contract/hyperparameters';
import { WHEN_INCOMPARABLE } from '../contract/gate';
import { METRIC_NAMES, metricOf } from '../contract/metrics';
import { instanceType, isPrivateRange, whole } from './parts';
import { deployment, serving } from './serving';
import { trainingInput } from './training-input';
import { workingHours } from './working-hours';

const share = z.number().min(0).max(1);

/** SageMaker's limits on run time: 5 days for Processing, 28 days for training; both in minutes. */
const MAX_PROCESSING_MINUTES = 7_200;
const MAX_TRAINING_MINUTES = 40_320;

const processingJob = z.strictObject({
  /** CPU instance type. */
  instanceType,
  /** Volume of an instance, GB, 1 to 16,384: it holds the job's input and output. Default: by the size of the data. */
  volumeSizeGb: z.optional(whole(1, 16_384)),
  /** Maximum run time, minutes, 1 to 7,200. */
  maxRuntimeMinutes: whole(1, MAX_PROCESSING_MINUTES),
});

const gateMetric = z.strictObject({
  /** Metric of the evaluation; the class of a recall is one of the data's schema. */
  name: z.string().refine((name) => metricOf(name) !== undefined, { error: METRIC_NAMES }),
  /** Direction in which the metric is better: the metric's own, repeated for the reader or left out. */
  direction: z.optional(z.enum(['higher', 'lower'])),
  /**
   * Minimum of metrics where higher is better, at most 1; maximum, 0 or more, of the others. Null: any value that beats
   * the naive answer.
   */
  threshold: z.nullable(z.number()),
  /** Tolerated distance to the champion's value on the worse side, in the metric's unit, 0 or more. */
  tolerance: z.number().min(0),
});

/** The configuration of one environment; `docs/configuration.md` lists it, one line per field. */
export const ConfigSchema = z.strictObject({
  /** Name of the app, the first word of all its names: at most 12 lower-case letters, digits and hyphens. */
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
  /** Retention of logs in days: one of CloudWatch's own numbers, e.g. 7, 30, 90, 365. */
  logRetentionDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]),

  /** A network without a route to the internet, in which jobs, models and functions run; null creates none. */
  network: z.nullable(
    z.strictObject({
      /** Availability zones, 2 or 3: with one, losing the zone would stop the pipeline. */
      zones: z.literal([2, 3]),
      /** Private IPv4 range of the network, /16 to /22, not overlapping networks that it may be joined with later. */
      cidr: z.string().refine(isPrivateRange, {
        error: 'a private IPv4 range such as 10.40.0.0/16, of /16 to /22, without bits behind its prefix',
      }),
    }),
  ),

  data: z.strictObject({
    /** Key prefix of the training data (.csv objects) in the data bucket; ends in a slash. */
    prefix: z.string().regex(/^([\w.-]+\/)+$/, 'a key prefix that ends in a slash'),
    /** Key of the schema in the data bucket, outside of the prefix. */
    schemaKey: z.string().regex(/^[\w./-]+\.json$/, 'a key that ends in .json'),
    /** Maximum Processing jobs per run, 1 to 40; 40 is also what an inline Map runs at once. */
    maxShards: whole(1, 40),
    /**
     * Retention of the preprocessed rows of a run in days, at most 3,650; at least the longest duration of a run.
     * Nothing reads them after it: a later run prepares its own.
     */
    keepSplitsDays: whole(1, 3_650),
    /** Share of rows for validation during training, 0 to 0.5, not 0. */
    validationFraction: z.number().gt(0).max(0.5),
    /** Share of rows in the holdout, 0 to 0.5, not 0. Changing it moves rows between splits. */
    testFraction: z.number().gt(0).max(0.5),
  }),

  preprocessing: processingJob,
  evaluation: processingJob,

  training: z.strictObject({
    /**
     * The type decides between the CPU and the GPU base image. A new account's quota for GPU Spot instances is often 0.
     */
    instanceType,
    /** Instances, 1 to 20. */
    instanceCount: whole(1, 20),
    /**
     * Volume of an instance, GB, 1 to 16,384; without effect where the type has local NVMe disks. Default: by the size
     * of the data.
     */
    volumeSizeGb: z.optional(whole(1, 16_384)),
    /** Input mode of the training data. */
    input: trainingInput,
    /** Maximum training time of all attempts together, minutes, 1 to 40,320. */
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

  /** Automatic triggers. */
  triggers: z.strictObject({
    /** Null: no schedule. */
    schedule: z.nullable(
      z.strictObject({
        /** `rate(…)` or `cron(…)` of EventBridge Scheduler, e.g. `cron(0 3 ? * SUN *)`. */
        expression: z.string(),
        /** Name of the IANA database, e.g. `Europe/Berlin`; daylight saving time is followed. */
        timeZone: z.string(),
      }),
    ),
    /** Starts a run when training data or its schema were uploaded or deleted; null: does not. */
    newData: z.nullable(
      z.strictObject({
        /** Minutes without another change before the run starts, 1 to 1,440. */
        quietMinutes: whole(1, 1_440),
        /** Minutes after the first change when the run starts in any case, 1 to 1,440, at least quietMinutes. */
        maxWaitMinutes: whole(1, 1_440),
      }),
    ),
    /** Starts a run when a stack deployment brought another image or gate, or a hyperparameter was changed in SSM. */
    newCode: z.boolean(),
    /** Starts a run when an alarm on drift is raised; null: does not. */
    drift: z.nullable(
      z.strictObject({
        /** Names of alarms, in addition to all whose names begin with `<name>-<environment>-drift`; 0 to 50. */
        alarmNames: z.array(z.string().min(1).max(255)).max(50),
      }),
    ),
  }),

  /** Values in SSM Parameter Store, by name; the rest have their defaults. */
  hyperparameters: z.partialRecord(
    z.enum(Object.keys(HYPERPARAMETERS) as [HyperparameterName, ...HyperparameterName[]]),
    z.union([z.number(), z.string()]),
  ),

  gate: z.strictObject({
    /**
     * Requirements for a candidate on the holdout; all must be met. 1 to 20 metrics, each once. Null chooses by the
     * data: accuracy of at least 0.85, average precision where a class has less than a tenth of the rows, R² of
     * numbers.
     */
    metrics: z.nullable(z.array(gateMetric).min(1).max(20)),
    /**
     * Confidence with which the candidate is better than the naive answer, and not worse than the champion beyond the
     * tolerances, more than 0.5, less than 1; one-sided.
     */
    confidence: z.number().gt(0.5).lt(1),
    /** Resamples of the holdout for the confidence, 100 to 100,000. */
    resamples: whole(100, 100_000),
    /**
     * Allowed difference between the training job's own metric and the serving code's on the same validation rows, 0 to
     * 1: absolute for accuracies, relative to the greater one for errors.
     */
    trainingTolerance: share,
    /**
     * Treatment of a candidate whose champion cannot be measured on the same rows. Default: approval where approval is
     * configured, else reject.
     */
    whenIncomparable: z.optional(z.enum(WHEN_INCOMPARABLE)),
  }),

  /** Approval by a person before a model that passed the gate is deployed; null deploys it at once. */
  approval: z.nullable(
    z.strictObject({
      /** Days that a run waits; then the model counts as rejected. 1 to 30. */
      days: whole(1, 30),
      /** Mail addresses of the approvers, at least one; each must confirm its subscription once. */
      emails: z.array(z.email()).min(1),
    }),
  ),

  endpoint: z.strictObject({
    /** Kind of serving: a real-time, serverless or asynchronous endpoint, or batch transform jobs without one. */
    serving,
    /** Percentage of requests and answers stored below `capture/`, 0 (none) to 100. */
    dataCapturePercent: whole(0, 100),
    /** Retention of captured data in days, 8 to 3,650: a shadow is compared after a week at most. */
    keepCaptureDays: whole(8, 3_650),
    /** Seconds between two status checks of an endpoint that is being updated, 1 to 300. */
    pollSeconds: whole(1, 300),
    /** Maximum time of an update, minutes, 1 to 480; at least 10 for every strategy that watches alarms. */
    timeoutMinutes: whole(1, 480),
    deployment,
    /** Working hours of the endpoint: outside of them it is removed, and costs nothing. Null: always in service. */
    workingHours,
    /**
     * Champions whose model, configuration and image are kept for a rollback, including the one in service, 1 to 50.
     */
    keepModels: whole(1, 50),
    /** Limits that roll an update back while alarms are watched; null watches none. */
    rollback: z.nullable(
      z.strictObject({
        /** 5xx answers of one variant per minute, 1 or more. */
        errorsPerMinute: whole(1, 1_000_000),
        /** 99th percentile of a variant's latency per minute, milliseconds, 1 to 60,000. */
        latencyMs: whole(1, 60_000),
      }),
    ),
  }),

  api: z.strictObject({
    /** Requests per second, for the stage and for each API key. */
    rateLimit: z.number().positive().max(10_000),
    /** Burst of requests beyond the rate. */
    burstLimit: whole(1, 5_000),
    /** Requests per day and API key. */
    dailyQuota: whole(1, 1_000_000_000),
  }),

  /** Limits of the alarms on the endpoint and the API. */
  alarms: z.strictObject({
    /** 5xx answers within five minutes, of a variant or of the API, 1 or more. */
    errorsPerFiveMinutes: whole(1, 1_000_000),
    /**
     * 99th percentile of the latency in each of three consecutive periods of five minutes, milliseconds, 1 to 60,000.
     */
    latencyMs: whole(1, 60_000),
  }),

  notifications: z.strictObject({
    /** Mail addresses subscribed to the outcomes; each must confirm its subscription once. */
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
export type DeploymentConfig = PipelineConfig['endpoint']['deployment'];
export type ServingConfig = PipelineConfig['endpoint']['serving'];
/** The configuration of one kind of serving. */
export type ServingOf<Kind extends ServingConfig['kind']> = Extract<ServingConfig, { kind: Kind }>;
export type VariantConfig = ServingOf<'realtime'>['variants'][number];
