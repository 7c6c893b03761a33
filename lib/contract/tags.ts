/** Tags of all resources that a run creates: environment and run. */
export interface RunTag {
  readonly Key: string;
  readonly Value: string;
}

export function runTags(environment: string, app: string, runId: string): RunTag[] {
  return [
    { Key: 'app', Value: app },
    { Key: 'environment', Value: environment },
    { Key: 'run', Value: runId },
  ];
}
