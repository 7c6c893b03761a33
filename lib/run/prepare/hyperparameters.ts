import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../../config';
import {
  hyperparameterKey,
  hyperparameterPath,
  resolveHyperparameters,
} from '../../contract/hyperparameters';
import { capitalise } from '../../contract/text';

export interface Hyperparameters {
  /** SSM path of all of them. */
  readonly path: string;
  readonly parameters: readonly StringParameter[];
}

/** Stores the configured hyperparameters where a run reads them, and where the team may change them. */
export function storeHyperparameters(scope: Construct, config: PipelineConfig): Hyperparameters {
  const path = hyperparameterPath(config);
  const values = resolveHyperparameters(config.hyperparameters, [
    { source: 'the configuration', values: config.hyperparameterValues },
  ]);
  const parameters = Object.entries(values).map(([name, value]) => {
    const { description } = config.hyperparameters[name]!;
    return new StringParameter(scope, `Hyperparameter${name.split(/[._]/).map(capitalise).join('')}`, {
      parameterName: hyperparameterKey(path, name),
      stringValue: String(value),
      description: `${resourcePrefix(config)}: ${description}`,
    });
  });
  return { path, parameters };
}
