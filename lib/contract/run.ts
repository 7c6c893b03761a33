import type { ImageName } from './environment';
import type { Verdict } from './gate';
import type { RunTrigger } from './triggers';

/** Input of an execution: all fields optional, validated by `Plan run`. */
export interface RunInput {
  /** Run even if nothing changed since the last decision. */
  readonly force?: boolean;
  /** Restore the champion's endpoint, and do nothing else: the run reads no data, and trains nothing. */
  readonly restore?: boolean;
  /** Overrides by name, e.g. `{"training.epochs": 5}`; values as numbers or text. */
  readonly hyperparameters?: Readonly<Record<string, number | string>>;
  /** Trigger of the run; default: started by hand. */
  readonly trigger?: RunTrigger;
}

/** A model in production, as `Record champion` writes it. */
export interface Champion {
  readonly runId: string;
  readonly fingerprint: string;
  readonly modelName: string;
  readonly endpointConfigName: string;
  readonly modelDataUrl: string;
  readonly inferenceImage: string;
  /** ARN of the model package; null for models that were deployed before there was a registry. */
  readonly modelPackageArn?: string | null;
  readonly metrics: Metrics;
  readonly headline: Headline;
  /** ISO 8601, UTC. */
  readonly deployedAt: string;
}

/** A model that is tested against the champion, as `Record challenger` writes it: it may become the champion. */
export interface Challenger extends Champion {
  readonly strategy: 'abTest' | 'shadow';
  /** Configuration with both models; `endpointConfigName` has the challenger alone. */
  readonly testConfigName: string;
  /** Run of the champion that it is tested against. */
  readonly against: string;
}

/** Lock of a run that deploys, as `Acquire endpoint lock` writes it. It is held until the execution ends, or is released. */
export interface RunLock {
  readonly runId: string;
  readonly executionArn: string;
  /** True once the run has restored the endpoint and goes on to train: it deploys nothing for now. */
  readonly released?: boolean;
}

/** Lock of a start or stop for working hours: it has no execution, and expires. */
export interface WorkingHoursLock {
  readonly action: 'start' | 'stop';
  /** ISO 8601, UTC. */
  readonly until: string;
}

/** Content of `deployment.json`. */
export type EndpointLock = RunLock | WorkingHoursLock;

export function isWorkingHoursLock(lock: EndpointLock): lock is WorkingHoursLock {
  return 'until' in lock;
}

/** Holdout metrics by name, each a finite number. */
export type Metrics = Readonly<Record<string, number>>;

/** 95 % confidence interval, [low, high]. */
export type Interval = readonly [number, number];

/** The model's headline metric, or else the first one that the gate required: the one number that summarizes a model. Null where it is unknown. */
export interface Headline {
  readonly name: string;
  readonly value: number | null;
  /** 95 % confidence interval. */
  readonly interval: Interval | null;
  /** Value of the naive answer on the same rows. */
  readonly naive: number | null;
  /** Value of the champion on the same rows. */
  readonly champion: number | null;
}

/** One Processing job: a group of objects, listed in its own manifest. */
export interface Shard {
  readonly index: number;
  readonly jobName: string;
  readonly manifestUri: string;
  /** Size of its job's volume, GB. */
  readonly volumeSizeGb: number;
}

/** How the recorded champion is brought back into service. */
export interface Restoration {
  /** What is wrong; one sentence without a full stop. */
  readonly reason: string;
  /** False if only model or configuration are created: the endpoint serves, or is stopped, or there is none. */
  readonly endpoint: boolean;
  /** Configuration that the endpoint must serve; that of a test, if there is one. */
  readonly configName: string;
  /** True if SageMaker's model must be created again, from artifact and image of the record. */
  readonly createModel: boolean;
  /** Name of the champion's configuration if it must be created again. */
  readonly createConfig: string | null;
  /** True if model or configuration get new names, since others took theirs: the record must name them. */
  readonly record: boolean;
  /** Run of the model that is tested against the champion; null without a test. */
  readonly challenger: string | null;
}

/** Result of `Plan run`, the variable `$plan` of the state machine. Bounded: shards are at most 40. */
export interface RunPlan {
  readonly runId: string;
  readonly changed: boolean;
  /** Reason for having nothing to do, or the changes: one sentence. */
  readonly reason: string;
  readonly trigger: RunTrigger;
  readonly fingerprint: string;
  /** Locations of the run's files, as `s3://` URIs; folders end in a slash. */
  readonly uris: {
    readonly manifest: string;
    /** Folder of schema.json, of encoding.json once it is learnt, and of the champion's encoding. */
    readonly schema: string;
    readonly preprocessed: string;
    readonly train: string;
    readonly validation: string;
    /** Rows of the two splits as they are in the data, for the evaluation. */
    readonly scoringValidation: string;
    readonly scoringTest: string;
    /** Rows of the two splits as the serving program reads them, where a transform job predicts them. */
    readonly rowsValidation: string;
    readonly rowsTest: string;
    /** Folder of the answers of transform jobs. */
    readonly answers: string;
    readonly checkpoints: string;
    readonly models: string;
    readonly evaluation: string;
  };
  /** Key in the artifacts bucket under which a rejection of this input is stored. */
  readonly rejectionKey: string;
  readonly shards: readonly Shard[];
  /** Prebuilt images by their digests. */
  readonly images: Readonly<Partial<Record<ImageName, string>>>;
  /** Sizes of the other jobs' volumes, GB. */
  readonly volumes: { readonly training: number; readonly evaluation: number };
  readonly names: {
    readonly training: string;
    readonly trainingOnDemand: string;
    readonly evaluation: string;
    /** Models and jobs of an evaluation by batch transform. */
    readonly candidateToEvaluate: string;
    readonly championToEvaluate: string;
    readonly predictTest: string;
    readonly predictValidation: string;
    readonly predictTestByChampion: string;
    readonly model: string;
    readonly endpointConfig: string;
    /** Name of the transform job, where predictions are made in batches. */
    readonly score: string;
    /** Name of the configuration with champion and challenger, where the strategy is a test. */
    readonly testConfig: string;
  };
  /** Hyperparameters of the training job: names without their prefix, all text. */
  readonly trainingHyperparameters: Readonly<Record<string, string>>;
  readonly maxBadRowFraction: number;
  /** Lineage for the registry, in the limits of CustomerMetadataProperties. */
  readonly lineage: Readonly<Record<string, string>>;
  /** The recorded champion. */
  readonly champion: Champion | null;
  /** The champion that the candidate is judged against: the newest one of which nothing is gone. */
  readonly judgedAgainst: Champion | null;
  /** Null: the champion is in service as it should be, or cannot be restored. */
  readonly restore: Restoration | null;
  /** Warnings on the champion, for mail and record. */
  readonly warnings: readonly string[];
}

/** The pinned input of a run, `manifest.json`. */
export interface RunManifest {
  readonly runId: string;
  readonly fingerprint: string;
  readonly gitCommit: string;
  readonly trigger: RunTrigger;
  /** Null for data that are no table. */
  readonly schema: PinnedObject | null;
  readonly data: readonly PinnedObject[];
  readonly images: Readonly<Record<string, string>>;
  readonly hyperparameters: Readonly<Record<string, number | string>>;
  /** Objects below the data's prefix that are not data files. */
  readonly ignored: readonly string[];
  readonly champion: string | null;
  /** Run of the champion that the candidate is judged against. */
  readonly judgedAgainst: string | null;
}

export interface PinnedObject {
  readonly key: string;
  readonly versionId: string;
  /** Bytes. */
  readonly size: number;
}

/** Result of `Check data`: sums over the shards. */
export interface DataSummary {
  readonly rows: Readonly<Record<'train' | 'validation' | 'test', number>>;
  readonly rejected: number;
  /** One sentence on the rows set aside, empty if there are none. */
  readonly note: string;
  /** Sentences on faults that make the verdict doubtful, e.g. a split with other shares of the classes. */
  readonly warnings: readonly string[];
}

/** Result of `Decide`. */
export interface Decision {
  readonly accepted: boolean;
  /** One sentence that names what to do. */
  readonly reason: string;
  readonly metrics: Metrics;
  readonly headline: Headline;
}

export type RunDecision =
  | 'deployed'
  | 'testing'
  | 'rejected'
  | 'nothing-to-do'
  /** Nothing was trained; the champion's endpoint was brought back. */
  | 'restored'
  | 'failed'
  | 'aborted';

/** The jobs or builds of one state. */
export interface CostPart {
  /** The state's name. */
  readonly what: string;
  readonly jobs: number;
  /** Instance type, or compute type of builds. */
  readonly on: string | null;
  /** Sum over all jobs; null where one was stopped with the run. */
  readonly seconds: number | null;
  /** Null where seconds or price are unknown. */
  readonly usd: number | null;
}

/** Cost of a run's jobs and builds, failed ones included, by the dated price table. */
export interface RunCost {
  /** USD, sum of the known parts; Spot savings are deducted. */
  readonly usd: number;
  readonly parts: readonly CostPart[];
  /** Percent of the training's price; null where nothing was trained. */
  readonly spotSavings: number | null;
  readonly pricesOf: string;
}

/** The permanent record of a run, `record.json`; the notification says the same. */
export interface RunRecord {
  readonly runId: string;
  readonly executionArn: string;
  readonly environment: string;
  readonly model: string;
  readonly decision: RunDecision;
  /** Error name of the failed execution: one of `ErrorName` or AWS's own. */
  readonly error?: string;
  readonly message: string;
  readonly trigger: RunTrigger;
  readonly metrics: Metrics;
  /** Null where nothing was evaluated. */
  readonly headline: Headline | null;
  /** The gate's requirements and findings. */
  readonly verdicts?: readonly Verdict[];
  /** Warnings on the champion and on the data. */
  readonly warnings?: readonly string[];
  readonly championBefore: string | null;
  readonly championAfter: string | null;
  /** Cost of the run, where known. */
  readonly cost?: RunCost;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
