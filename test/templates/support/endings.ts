import type { JsonValue } from 'local-cloud/testing';
import type { PipelineConfig } from '../../../lib/config';
import { CHAMPION, dryRun, SERVING, type DryRun, type Scenario } from './dry-run';

/** Expected end of a run. */
export interface Ending extends Scenario {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error?: string;
  /** Pattern of the cause; default: any text. */
  readonly cause?: RegExp;
  /** States that must be entered in this order, possibly with others between them. */
  readonly through: readonly string[];
  /** States that must not be entered. */
  readonly never: readonly string[];
  /** Configuration of the endpoint afterwards: the candidate's, that of a test, the champion's, or no endpoint. */
  readonly serves: 'candidate' | 'test' | 'champion' | null;
}

/** A champion is in service. */
export const replacing = { champion: CHAMPION, endpoint: SERVING };
export const DEPLOYED = ['Smoke test', 'Record champion', 'Retire old models', 'Report run'];

/** Returns the answer of `lambda:invoke`. */
export const payload = (value: unknown): JsonValue => ({ StatusCode: 200, Payload: value as JsonValue });

export async function expectEnding(
  config: PipelineConfig,
  { status, error, cause = /\w/, through, never, serves, ...scenario }: Ending,
): Promise<DryRun> {
  const run = await dryRun(config, scenario);
  expect([run.status, run.error, run.cause]).toEqual([
    status,
    error,
    error ? expect.stringMatching(cause) : undefined,
  ]);
  expect(inOrder(run.entered, through)).toEqual(through);
  expect(run.entered.filter((name) => never.includes(name))).toEqual([]);
  const { endpointConfig: candidate, testConfig: test } = run.plan.names;
  const configs = { candidate, test, champion: SERVING.config };
  expect(run.endpoint?.config ?? null).toBe(serves && configs[serves]);
  return run;
}

/** Those of `wanted` that occur in `names`, each after the one before. */
function inOrder(names: readonly string[], wanted: readonly string[]): string[] {
  let from = 0;
  return wanted.filter((name) => {
    const at = names.indexOf(name, from);
    if (at >= 0) from = at + 1;
    return at >= 0;
  });
}
