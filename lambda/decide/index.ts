import { LambdaVariable } from '../../lib/contract/environment';
import type { GateDecision, GateSettings } from '../../lib/contract/gate';
import { EVALUATION_FILE, layout } from '../../lib/contract/layout';
import { jsonVariable, variable } from '../shared/environment';
import { logged } from '../shared/log';
import { readModelFacts } from '../shared/model';
import { Bucket } from '../shared/s3';
import type { FinalMetric } from './agreement';
import { decide } from './gate';
import { readEvaluation } from './read-evaluation';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const gate = jsonVariable<GateSettings>(LambdaVariable.Gate);
const { metrics } = readModelFacts();

export interface DecideRequest {
  readonly runId: string;
  /** The training job's `FinalMetricDataList`: its order is not documented, and it may be missing. */
  readonly finalMetrics: readonly FinalMetric[] | null;
  /** Warnings on the champion. */
  readonly warnings: readonly string[];
}

/** `Decide`: judges the candidate and writes the decision to the run's folder. */
async function decideOnCandidate({ runId, finalMetrics, warnings }: DecideRequest): Promise<GateDecision> {
  const key = `${layout.evaluation(runId)}${EVALUATION_FILE}`;
  const evaluation = readEvaluation(await artifacts.textIfAny(key), artifacts.uri(key));
  const decision = { ...decide(evaluation, finalMetrics ?? [], gate, metrics), warnings };
  await artifacts.putJson(layout.decision(runId), decision);
  return decision;
}

export const handler = logged('Decide', decideOnCandidate);
