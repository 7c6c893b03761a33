import { pipelineConfig, type PipelineConfig } from '../../lib/config';
import {
  dev as devPlace,
  local as localPlace,
  prod as prodPlace,
  stage as stagePlace,
  table,
} from '../../lib';

const ofTable = (place: typeof devPlace): PipelineConfig => pipelineConfig('mlops', table, place);

/** The shipped model for tables in each of the shipped places, whatever `mlops.config.ts` lists. */
export const local = ofTable(localPlace);
export const dev = ofTable(devPlace);
export const stage = ofTable(stagePlace);
export const prod = ofTable(prodPlace);

export const environments: readonly PipelineConfig[] = [local, dev, stage, prod];
