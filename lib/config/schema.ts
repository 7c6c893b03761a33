import * as z from 'zod';
import * as account from './account';
import { hyperparameters, metrics, programs, splits } from './model-parts';
import * as section from './sections';

const name = (max: number) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens')
    .max(max);

/** Name of the app, the first word of all its names: at most 12 lower-case letters, digits and hyphens. */
export const appName = name(12);

/** Name of the environment, the third word: at most 8 lower-case letters and digits. */
const environment = z
  .string()
  .regex(/^[a-z][a-z0-9]*$/, 'lower-case letters and digits')
  .max(8);

/** The values of a place, which all models in it start from. */
const ofPlace = {
  environment,
  /** AWS account, 12 digits. Default: the account of the credentials that deploy. */
  account: z.optional(z.string().regex(/^\d{12}$/, '12 digits')),
  /** AWS region. Default: the region of the credentials that deploy. */
  region: z.optional(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-west-1')),
  /** Managed policy that limits every role: a name or an ARN. Default: none. */
  permissionsBoundary: z.optional(account.permissionsBoundary),
  /** Path of every role. Default: `/`. */
  rolePath: z.optional(account.rolePath),
  /** True keeps buckets, key and images when the stack is deleted, and protects the stack from deletion. */
  retainData: z.boolean(),
  /** Retention of logs in days: one of CloudWatch's own numbers, e.g. 7, 30, 90, 365. */
  logRetentionDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]),
  /**
   * Role under which API Gateway logs, a setting of the account and region: `create` sets it, `existing` leaves it to the
   * account's owner. Default: `create`.
   */
  apiLoggingRole: z.optional(z.enum(['create', 'existing'])),
  network: section.network,
  preprocessing: section.processingJob,
  evaluation: section.processingJob,
  training: section.training,
  triggers: section.triggers,
  approval: section.approval,
  endpoint: section.endpoint,
  alarms: section.alarms,
  notifications: section.notifications,
};

/** The values of a model. */
const ofModel = {
  /** Name of the model, the second word of its names: at most 12 lower-case letters, digits and hyphens. */
  model: name(12),
  data: section.data,
  programs,
  /** Form of the splits for programs of others. Default: the form of the shipped programs for tables. */
  splits: z.optional(splits),
  hyperparameters,
  /** Values of hyperparameters in place of their defaults; written to SSM Parameter Store. */
  hyperparameterValues: z.record(z.string(), z.union([z.number(), z.string()])),
  metrics,
  gate: section.gate,
};

/** The configuration of one pipeline, a model in a place; `docs/configuration.md` lists it, one line per field. */
export const ConfigSchema = z.strictObject({
  name: appName,
  ...ofModel,
  ...ofPlace,
  tags: account.tags,
  api: z.strictObject({ ...section.apiContents.shape, ...section.apiLimits.shape }),
});

/** A place: an environment with its account, and the values that models start from there. */
export const PlaceSchema = z.strictObject({
  ...ofPlace,
  /** Tags of everything in the place. Default: none. */
  tags: z.optional(account.tags),
  api: section.apiLimits,
});

/** Values of a model that replace the place's, field by field within a section. */
const overrides = {
  /** Tags in addition to the place's; of a tag that both have, the model's value. */
  tags: z.optional(account.tags),
  preprocessing: z.optional(section.processingJob.partial()),
  evaluation: z.optional(section.processingJob.partial()),
  training: z.optional(section.training.partial()),
  triggers: z.optional(section.triggers.partial()),
  approval: z.optional(section.approval),
  endpoint: z.optional(section.endpoint.partial()),
  alarms: z.optional(section.alarms.partial()),
  notifications: z.optional(section.notifications.partial()),
};

/** A model: what it is made of, and where it differs from the places. */
export const ModelSchema = z.strictObject({
  name: ofModel.model,
  data: ofModel.data,
  programs: ofModel.programs,
  splits: ofModel.splits,
  hyperparameters: ofModel.hyperparameters,
  hyperparameterValues: z.optional(ofModel.hyperparameterValues),
  metrics: ofModel.metrics,
  gate: ofModel.gate,
  api: z.strictObject({ ...section.apiContents.shape, ...section.apiLimits.partial().shape }),
  ...overrides,
  /** Values in one place only, by the place's name; they replace the model's and the place's. */
  places: z.optional(
    z.record(
      environment,
      z.strictObject({
        ...overrides,
        data: z.optional(section.data.partial()),
        hyperparameterValues: z.optional(ofModel.hyperparameterValues),
        gate: z.optional(section.gate.partial()),
        api: z.optional(
          z.strictObject({ ...section.apiContents.partial().shape, ...section.apiLimits.partial().shape }),
        ),
      }),
    ),
  ),
});

type DeepReadonly<T> = T extends (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** One pipeline. */
export type PipelineConfig = DeepReadonly<z.infer<typeof ConfigSchema>>;
export type ModelConfig = DeepReadonly<z.infer<typeof ModelSchema>>;
export type PlaceConfig = DeepReadonly<z.infer<typeof PlaceSchema>>;
export type ProgramConfig = NonNullable<PipelineConfig['programs'][keyof PipelineConfig['programs']]>;
export type SplitsConfig = NonNullable<PipelineConfig['splits']>;
export type DeploymentConfig = PipelineConfig['endpoint']['deployment'];
export type ServingConfig = PipelineConfig['endpoint']['serving'];
/** The configuration of one kind of serving. */
export type ServingOf<Kind extends ServingConfig['kind']> = Extract<ServingConfig, { kind: Kind }>;
export type VariantConfig = ServingOf<'realtime'>['variants'][number];
