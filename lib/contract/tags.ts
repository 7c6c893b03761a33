import type { PipelineName } from './hyperparameters';

/** Tags of all resources that a run creates: environment and run. */
export interface RunTag {
  readonly Key: string;
  readonly Value: string;
}

export function runTags({ name, model, environment }: PipelineName, runId: string): RunTag[] {
  return [
    { Key: 'app', Value: name },
    { Key: 'model', Value: model },
    { Key: 'environment', Value: environment },
    { Key: 'run', Value: runId },
  ];
}
