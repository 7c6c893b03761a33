import type { PipelineConfig } from '../../lib/config';
import { evaluatesByTransform } from '../../lib/config/programs';
import { instanceHour, type PriceTable } from '../../lib/contract/prices';
import { ASSUMED } from './assumptions';
import type { CostLine } from './cost-line';
import type { Usage } from './estimate';

const FUNCTION_GB = 1;

export function runLines(config: PipelineConfig, { runs }: Usage, prices: PriceTable): CostLine[] {
  const { data, preprocessing, training, evaluation, endpoint } = config;
  const job = (what: string, type: string, count: number, minutes: number, share = 1): CostLine => {
    const hour = instanceHour(type, prices);
    const how = `${runs} × ${count} × ${type}, ${minutes} min${share < 1 ? ` at ${share * 100} % on Spot` : ''}`;
    return {
      ...{ what, when: 'runs', how },
      usd: hour === undefined ? null : (runs * count * hour * share * minutes) / 60,
    };
  };
  const { processingMinutes, trainingMinutes, spotShare, transitions } = ASSUMED;
  const { serving } = endpoint;
  return [
    job('Preprocessing', preprocessing.instanceType, data.maxShards, processingMinutes),
    job(
      'Training',
      training.instanceType,
      training.instanceCount,
      trainingMinutes,
      training.spot ? spotShare : 1,
    ),
    job('Evaluation', evaluation.instanceType, 1, processingMinutes),
    ...(evaluatesByTransform(config)
      ? [job('Predictions of the holdout', evaluation.instanceType, 2, processingMinutes)]
      : []),
    ...(serving.kind === 'batch'
      ? [job('Batch predictions', serving.instanceType, serving.instanceCount, processingMinutes)]
      : []),
    {
      ...{ what: 'State machine', when: 'runs', how: `${runs} × ${transitions} transitions` },
      usd: ((runs * transitions) / 1_000) * prices.units.stateTransitionThousand.price,
    },
    {
      ...{ what: 'Logs', when: 'runs', how: `${ASSUMED.logGb} GB` },
      usd: runs === 0 ? 0 : ASSUMED.logGb * prices.units.logGb.price,
    },
  ];
}

export function requestLines(
  { endpoint }: PipelineConfig,
  { requests }: Usage,
  { units }: PriceTable,
): CostLine[] {
  if (endpoint.serving.kind === 'batch') return [];
  const gbSeconds = requests * ASSUMED.functionSeconds * FUNCTION_GB;
  return [
    {
      ...{ what: 'API', when: 'requests', how: `${requests} requests` },
      usd: (requests / 1e6) * units.apiMillion.price,
    },
    {
      ...{
        what: 'Function',
        when: 'requests',
        how: `${requests} × ${ASSUMED.functionSeconds} s, ${FUNCTION_GB} GB`,
      },
      usd: (requests / 1e6) * units.lambdaMillion.price + gbSeconds * units.lambdaGbSecond.price,
    },
  ];
}
