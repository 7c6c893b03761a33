import type { PipelineConfig } from '../../lib/config';
import type { ExistingNetwork } from '../../lib/config/account';

/** What the account has without the pipeline. */
export interface Given {
  /** VPCs without endpoints. */
  readonly vpcs: readonly [ExistingNetwork, ExistingNetwork];
  readonly securityGroupIds: readonly [string, string];
  readonly permissionsBoundaries: readonly [string, string];
  readonly buckets: readonly [{ name: string; keyArn: string }, { name: string; keyArn: string }];
}

export type Edit = (config: PipelineConfig, given: Given) => PipelineConfig;

/**
 * What a deployment of a change does. In each case nothing with data is replaced, and a failure in the middle leaves
 * what was there.
 *
 * - `works`: `cdk deploy` with all stacks, or the delivery.
 * - `users first`: CloudFormation refuses the usual order, and nothing changes. `cdk deploy --exclusively` with the
 *   stacks Pipeline and Inference, then all stacks, works.
 * - `apart`: CloudFormation refuses both orders, and nothing changes: the change is two, one after the other.
 * - `another`: another pipeline beside the first one, which stays as it is.
 * - `elsewhere`: another pipeline in another account or region; the credentials of this account deploy nothing.
 * - `fails`: the service refuses it, and CloudFormation rolls back.
 * - `refused`: the synthesis refuses the configuration.
 */
export type Outcome =
  | 'works'
  | 'users first'
  | 'apart'
  | 'another'
  | 'elsewhere'
  | { readonly fails: RegExp }
  | { readonly refused: RegExp };

export interface Step {
  readonly edit: Edit;
  readonly outcome: Outcome;
  /** What changes, for docs/runbook.md; of outcomes other than `works`. */
  readonly title?: string;
  /**
   * A rollback cannot undo the change, and stops; it goes on by `aws cloudformation continue-update-rollback` without
   * the resources that it names. Default: false.
   */
  readonly stuck?: boolean;
}

/** A change of the configuration, or several, one after the other. */
export interface Change {
  readonly name: string;
  /** Environments from which it is made. Default: all. */
  readonly from?: readonly string[];
  readonly steps: readonly Step[];
  /** The way back to the environment's own configuration. */
  readonly back: Outcome;
  /** What changes on the way back, if it does not simply work. */
  readonly backTitle?: string;
  /** The way back from the first step alone. */
  readonly undo: Outcome;
}

type Options = Partial<Pick<Change, 'from' | 'back' | 'backTitle' | 'undo'>> &
  Partial<Pick<Step, 'outcome' | 'title'>>;

/** Changes that work in each direction, if neither the step nor `options` say otherwise. */
export function change(
  name: string,
  steps: readonly (Edit | Step)[],
  { outcome = 'works', title, back = 'works', backTitle, undo = back, from }: Options = {},
): Change {
  const step = (given: Edit | Step): Step =>
    typeof given === 'function' ? { edit: given, outcome, title } : given;
  return { name, from, back, backTitle, undo, steps: steps.map(step) };
}

/** Replaces fields of a section. */
export function within<Section extends keyof PipelineConfig>(
  section: Section,
  fields: Partial<PipelineConfig[Section]>,
): Edit {
  return (config) => ({ ...config, [section]: { ...(config[section] as object), ...fields } });
}

/** Replaces fields of the configuration. */
export function to(fields: Partial<PipelineConfig>): Edit {
  return (config) => ({ ...config, ...fields });
}

/** One edit after the other, in one deployment. */
export function together(...edits: readonly Edit[]): Edit {
  return (config, given) => edits.reduce((edited, edit) => edit(edited, given), config);
}
