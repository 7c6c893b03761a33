import * as z from 'zod';
import { BUILT_INS } from './built-ins';

/** A base image of one program, or one for each kind of instance type that trains. */
const baseImage = z.union([
  z.string().min(1),
  z.strictObject({
    /** Base image on a CPU instance type. */
    cpu: z.string().min(1),
    /** Base image on a GPU instance type. */
    gpu: z.string().min(1),
  }),
]);

/** A folder with a Dockerfile, of which a run builds the image. */
const folder = z.strictObject({
  /** Folder with the Dockerfile, from the folder of the configuration's file. */
  folder: z.string().min(1),
  /** Build context, which holds the folder. Default: the folder. */
  context: z.optional(z.string().min(1)),
  /** Build argument BASE_IMAGE. Default: the Dockerfile's own. */
  baseImage: z.optional(baseImage),
});

/** A prebuilt image. */
const image = z.strictObject({
  /** Image in Amazon ECR by its digest, of any account that allows pulling it. */
  image: z
    .string()
    .regex(
      /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}$/,
      'an image of Amazon ECR by its digest, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/name@sha256:… (aws ecr describe-images shows it): SageMaker pulls from ECR, and a tag may be moved',
    ),
});

/** A built-in algorithm of SageMaker; its image is looked up by region, and pinned by its digest in each run. */
const builtIn = z.strictObject({
  builtIn: z.literal([...BUILT_INS]),
  /** Version, the tag of its image, e.g. `3.0-5`. */
  version: z.string(),
});

/** A program of the model. */
const program = z.union([folder, image]);
const programOrBuiltIn = z.union([folder, image, builtIn]);

export const programs = z.strictObject({
  /** Preprocesses a shard of the data. */
  preprocess: program,
  /** Trains a model. */
  train: programOrBuiltIn,
  /** Serves the model; without `evaluate` it evaluates candidates too, with the argument `evaluate`. */
  serve: programOrBuiltIn,
  /** Scores the answers of transform jobs to the holdout, with the argument `score`. Default: `serve` evaluates. */
  evaluate: z.optional(program),
});

/** Form of the rows that preprocessing writes for programs of others. */
export const splits = z.strictObject({
  /** True for a first line with the names of the columns. */
  header: z.boolean(),
  /** Position of the label in the files that training reads. */
  label: z.enum(['first', 'last', 'none']),
  /** Media type of the files, and of the requests with such rows. */
  contentType: z.literal(['text/csv']),
});

const described = {
  /** One phrase, for people. */
  description: z.string().min(1),
  /** Unit for people, e.g. `seconds`. */
  unit: z.optional(z.string()),
  /** True if a tuning job may vary it. Default: false. */
  tunable: z.optional(z.boolean()),
};

const limits = { min: z.number(), max: z.number(), default: z.number() };

const hyperparameter = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('integer'), ...limits, ...described }),
  z.strictObject({ kind: z.literal('number'), ...limits, ...described }),
  z.strictObject({
    kind: z.literal('choice'),
    choices: z.array(z.string().min(1)).min(1).max(30),
    default: z.string(),
    ...described,
  }),
  z.strictObject({ kind: z.literal('text'), default: z.string().max(2_500), ...described }),
]);

export const HYPERPARAMETER_KINDS = hyperparameter.options.map(({ shape }) => shape.kind.value);

/** Hyperparameters by name; the first word is the program: `training` or `preprocessing`. At most 100. */
export const hyperparameters = z.record(
  z.string().regex(/^(training|preprocessing)\.[a-zA-Z_][\w]*$/, 'training.<name> or preprocessing.<name>'),
  hyperparameter,
);

/** SageMaker's limits: 40 definitions, an expression of at most 500 characters. */
const MAX_TRAINING_METRICS = 40;

const metricName = z.string().regex(/^[a-zA-Z_][\w.-]*$/, 'letters, digits, dots, hyphens and underscores');

export const metrics = z.strictObject({
  /** Metrics in the training job's log, 0 to 40. */
  training: z
    .array(
      z.strictObject({
        /** SageMaker's name, e.g. `validation:loss`. */
        name: z.string().regex(/^.{1,255}$/, 'at most 255 characters'),
        /** Regular expression over the log; its first group is the value. At most 500 characters. */
        expression: z.string().min(1).max(500),
      }),
    )
    .max(MAX_TRAINING_METRICS),
  /** Metrics of the evaluation by name. */
  evaluation: z.record(
    metricName,
    z.strictObject({
      /** Direction in which the metric is better. */
      direction: z.enum(['higher', 'lower']),
      /** Unit for people. */
      unit: z.optional(z.string()),
      /** True if the naive answer has a value of it, which a model must beat. */
      naive: z.boolean(),
      /** True for metrics of one class, named `<metric>:<class>`. */
      perClass: z.optional(z.boolean()),
      /** True if it is measured only where the gate requires it. */
      onRequest: z.optional(z.boolean()),
      /** Least and greatest value that it can have. */
      min: z.optional(z.number()),
      max: z.optional(z.number()),
    }),
  ),
  /** Metric that mails, lists and the dashboard show. Null: the first one of the gate. */
  headline: z.nullable(z.string()),
  /** Metrics in which training and the serving code must agree on the validation rows. Null: they are not compared. */
  agreement: z.nullable(
    z
      .array(
        z.strictObject({
          /** Name in the evaluation's `agreement`. */
          evaluation: z.string(),
          /** Name of the training metric. */
          training: z.string(),
          /** The tolerance is an absolute difference, or a share of the greater value. */
          difference: z.enum(['absolute', 'relative']),
        }),
      )
      .min(1),
  ),
});
