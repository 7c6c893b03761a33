import {
  dev as devPlace,
  local as localPlace,
  pipelineConfig,
  prod as prodPlace,
  stage as stagePlace,
  table,
  type PipelineConfig,
} from '../../lib/config';

const ofTable = (place: typeof devPlace): PipelineConfig => pipelineConfig('mlops', table, place);

/** The shipped model for tables in each of the shipped places, whatever `mlops.config.ts` lists. */
export const local = ofTable(localPlace);
export const dev = ofTable(devPlace);
export const stage = ofTable(stagePlace);
export const prod = ofTable(prodPlace);

export const environments: readonly PipelineConfig[] = [local, dev, stage, prod];
