import * as z from 'zod';
import { WHEN_INCOMPARABLE } from '../contract/gate';
import { DATA_CHECKS } from '../contract/model';
import { existingBucket, existingNetwork } from './account';
import { instanceType, isPrivateRange, whole } from './parts';
import { deployment, serving } from './serving';
import { trainingInput } from './training-input';
import { workingHours } from './working-hours';

/** The sections of a configuration; `docs/configuration.md` lists all fields, one line per field. */

/** SageMaker's limits on run time: 5 days for Processing, 28 days for training; both in minutes. */
const MAX_PROCESSING_MINUTES = 7_200;
const MAX_TRAINING_MINUTES = 40_320;

/** A network without a route to the internet, which the stack creates. */
const ownNetwork = z.strictObject({
  /** Availability zones, 2 or 3: with one, losing the zone would stop the pipeline. */
  zones: z.literal([2, 3]),
  /** Private IPv4 range of the network, /16 to /22, not overlapping networks that it may be joined with later. */
  cidr: z.string().refine(isPrivateRange, {
    error: 'a private IPv4 range such as 10.40.0.0/16, of /16 to /22, without bits behind its prefix',
  }),
});

/** Network in which jobs, models and functions run, a new one or an existing VPC; null: none. */
export const network = z.nullable(z.union([ownNetwork, existingNetwork]));

/** Training data of a model. */
export const data = z.strictObject({
  /** Bucket of the training data that exists already. Null or left out: the stack creates one. */
  bucket: z.optional(z.nullable(existingBucket)),
  /** Key prefix of the training data in the data bucket; ends in a slash. */
  prefix: z.string().regex(/^([\w.-]+\/)+$/, 'a key prefix that ends in a slash'),
  /** Check of the files before a run starts: a table with a schema, one header of all CSV files, or none. */
  check: z.enum(DATA_CHECKS),
  /**
   * Endings of the names of data files, in lower case, such as `.png`; `*`: every object is one. Null: those of the
   * formats that `check` reads.
   */
  suffixes: z.nullable(
    z.union([z.literal('*'), z.array(z.string().regex(/^\.[a-z0-9.]+$/, 'an ending such as .png')).min(1)]),
  ),
  /** Key of the schema in the data bucket, outside of the prefix; null unless `check` is `table`. */
  schemaKey: z.nullable(z.string().regex(/^[\w./-]+\.json$/, 'a key that ends in .json')),
  /** Maximum Processing jobs per run, 1 to 40; 40 is also what an inline Map runs at once. */
  maxShards: whole(1, 40),
  /**
   * Retention of the preprocessed rows of a run in days, at most 3,650; at least the longest duration of a run. Nothing
   * reads them after it: a later run prepares its own.
   */
  keepSplitsDays: whole(1, 3_650),
  /** Share of rows for validation during training, 0 to 0.5, not 0. */
  validationFraction: z.number().gt(0).max(0.5),
  /** Share of rows in the holdout, 0 to 0.5, not 0. Changing it moves rows between splits. */
  testFraction: z.number().gt(0).max(0.5),
  /** Sample data on this machine, which `npm start` uses without `--data`; paths from the configuration's folder. */
  sample: z.nullable(z.strictObject({ data: z.string(), schema: z.nullable(z.string()) })),
});

export const processingJob = z.strictObject({
  /** CPU instance type. */
  instanceType,
  /** Volume of an instance, GB, 1 to 16,384: it holds the job's input and output. Default: by the size of the data. */
  volumeSizeGb: z.optional(whole(1, 16_384)),
  /** Maximum run time, minutes, 1 to 7,200. */
  maxRuntimeMinutes: whole(1, MAX_PROCESSING_MINUTES),
});

export const training = z.strictObject({
  /** Instance type. A new account's quota for GPU Spot instances is often 0. */
  instanceType,
  /** Instances, 1 to 20. */
  instanceCount: whole(1, 20),
  /**
   * Volume of an instance, GB, 1 to 16,384; without effect where the type has local NVMe disks. Default: by the size of
   * the data.
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
});

/** Automatic triggers. */
export const triggers = z.strictObject({
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
      /** Names of alarms, in addition to all whose names begin with `<prefix>-drift`; 0 to 50. */
      alarmNames: z.array(z.string().min(1).max(255)).max(50),
    }),
  ),
});

const gateMetric = z.strictObject({
  /** Metric of the evaluation, one of `metrics.evaluation`. */
  name: z.string(),
  /** Direction in which the metric is better: the metric's own, repeated for the reader or left out. */
  direction: z.optional(z.enum(['higher', 'lower'])),
  /**
   * Minimum of metrics where higher is better, maximum of the others. Null: any value that beats the naive answer.
   */
  threshold: z.nullable(z.number()),
  /** Tolerated distance to the champion's value on the worse side, in the metric's unit, 0 or more. */
  tolerance: z.number().min(0),
});

export const gate = z.strictObject({
  /** Requirements for a candidate on the holdout; all must be met. 1 to 20 metrics, each once. Null: `byData`. */
  metrics: z.nullable(z.array(gateMetric).min(1).max(20)),
  /** Requirement where `metrics` is null, by the data of the holdout; null where `metrics` is given. */
  byData: z.nullable(
    z.strictObject({
      /** Classes of which none is rare. */
      classes: gateMetric,
      /** Classes of which one has less than a tenth of the rows. */
      rareClasses: gateMetric,
      /** Numbers. */
      numbers: gateMetric,
    }),
  ),
  /**
   * Confidence with which the candidate is better than the naive answer, and not worse than the champion beyond the
   * tolerances, more than 0.5, less than 1; one-sided.
   */
  confidence: z.number().gt(0.5).lt(1),
  /** Resamples of the holdout for the confidence, 100 to 100,000. */
  resamples: whole(100, 100_000),
  /**
   * Allowed difference between the training job's own metric and the serving code's on the same validation rows, 0 to
   * 1; absolute or relative, as `metrics.agreement` says.
   */
  trainingTolerance: z.number().min(0).max(1),
  /**
   * Treatment of a candidate whose champion cannot be measured on the same rows. Default: approval where approval is
   * configured, else reject.
   */
  whenIncomparable: z.optional(z.enum(WHEN_INCOMPARABLE)),
});

/** Approval by a person before a model that passed the gate is deployed; null deploys it at once. */
export const approval = z.nullable(
  z.strictObject({
    /** Days that a run waits; then the model counts as rejected. 1 to 30. */
    days: whole(1, 30),
    /** Mail addresses of the approvers, at least one; each must confirm its subscription once. */
    emails: z.array(z.email()).min(1),
  }),
);

export const endpoint = z.strictObject({
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
  /** Champions whose model, configuration and image are kept for a rollback, including the one in service, 1 to 50. */
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
});

/** Authorizer of the API, beside its key. */
const authorization = z.discriminatedUnion('kind', [
  /** Callers sign their requests with credentials of AWS that may `execute-api:Invoke`. */
  z.strictObject({ kind: z.literal('iam') }),
  /** Callers send a token of a user pool. */
  z.strictObject({
    kind: z.literal('cognito'),
    userPoolArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+_[0-9a-zA-Z]+$/,
        'the ARN of a user pool, such as arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI',
      ),
    /** Scopes of an access token, one of which is required. Left out: an ID token. */
    scopes: z.optional(z.array(z.string().min(1)).min(1).max(10)),
  }),
]);

/** Address of the API in a domain of the team. */
const domain = z.strictObject({
  domainName: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'a domain name such as predict.team.dev'),
  certificateArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
      'the ARN of a certificate of ACM, in the region of the API',
    ),
});

/** Limits of the API and access to it; the place's. */
export const apiLimits = z.strictObject({
  /** Authorizer, beside the key. Null or left out: the key alone. */
  authorization: z.optional(z.nullable(authorization)),
  /** Custom domain. Null or left out: the address of API Gateway alone. */
  domain: z.optional(z.nullable(domain)),
  /** Requests per second, for the stage and for each API key. */
  rateLimit: z.number().positive().max(10_000),
  /** Burst of requests beyond the rate. */
  burstLimit: whole(1, 5_000),
  /** Requests per day and API key. */
  dailyQuota: whole(1, 1_000_000_000),
});

const mediaType = z
  .string()
  .regex(/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/, 'a media type such as application/json, without parameters');

/** Contents of the API; the model's. */
export const apiContents = z.strictObject({
  /** Content types that the model accepts, 1 to 10; the first is the usual one. */
  accepts: z
    .array(
      z.strictObject({
        /** Media type without parameters. */
        contentType: mediaType,
        /** True for bytes that are not text. */
        binary: z.boolean(),
        /** JSON schema (draft 4) with which API Gateway checks the body; null: the model checks it. */
        schema: z.nullable(z.record(z.string(), z.unknown())),
      }),
    )
    .min(1)
    .max(10),
  /** Media types of answers, 1 to 10; the first is asked for. */
  returns: z.array(mediaType).min(1).max(10),
  /** Allowed difference of a number in an answer to a golden request, 0 to 1, relative for numbers above 1. */
  answerTolerance: z.number().min(0).max(1),
});

/** Limits of the alarms on the endpoint and the API. */
export const alarms = z.strictObject({
  /** 5xx answers within five minutes, of a variant or of the API, 1 or more. */
  errorsPerFiveMinutes: whole(1, 1_000_000),
  /** 99th percentile of the latency in each of three consecutive periods of five minutes, milliseconds, 1 to 60,000. */
  latencyMs: whole(1, 60_000),
});

export const notifications = z.strictObject({
  /** Mail addresses subscribed to the outcomes; each must confirm its subscription once. */
  emails: z.array(z.email()),
});
