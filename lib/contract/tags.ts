import type { PipelineName } from './hyperparameters';

/** Keys of the tags that the pipeline sets itself: of templates all but `run`, of what a run creates all. */
export const OWN_TAGS = ['app', 'model', 'environment', 'run'] as const;

/** A tag of what a run creates. */
export interface RunTag {
  readonly Key: string;
  readonly Value: string;
}

/** A pipeline and its configured tags. */
export interface TaggedPipeline extends PipelineName {
  readonly tags?: Readonly<Record<string, string>>;
}

/** Returns the tags of every resource that a run creates: the pipeline, the run, and the configured tags. */
export function runTags({ name, model, environment, tags = {} }: TaggedPipeline, runId: string): RunTag[] {
  const all: Readonly<Record<string, string>> = {
    ...({ app: name, model, environment, run: runId } satisfies Record<(typeof OWN_TAGS)[number], string>),
    ...tags,
  };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}
