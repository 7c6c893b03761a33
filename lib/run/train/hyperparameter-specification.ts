import type { HyperParameterSpecification } from '@aws-sdk/client-sagemaker';
import type { HyperparameterDefinition, HyperparameterDefinitions } from '../../contract/hyperparameters';

/**
 * Returns the hyperparameters of training in the form of SageMaker's algorithm specification, which a tuning job's ranges
 * have too. None is required: every definition has a default.
 */
export function trainingSpecifications(
  definitions: HyperparameterDefinitions,
): (HyperParameterSpecification & Required<Pick<HyperParameterSpecification, 'Name' | 'Type'>>)[] {
  return Object.entries(definitions)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, definition]) => ({
      Name: name.slice(PREFIX.length),
      Description: [definition.description, ...(definition.unit ? [`(${definition.unit})`] : [])].join(' '),
      ...typeAndRange(definition),
      IsTunable: definition.tunable ?? false,
      IsRequired: false,
      DefaultValue: String(definition.default),
    }));
}

const PREFIX = 'training.';

function typeAndRange(
  definition: HyperparameterDefinition,
): Pick<HyperParameterSpecification, 'Range'> & { Type: NonNullable<HyperParameterSpecification['Type']> } {
  switch (definition.kind) {
    case 'integer':
      return { Type: 'Integer', Range: { IntegerParameterRangeSpecification: limits(definition) } };
    case 'number':
      return { Type: 'Continuous', Range: { ContinuousParameterRangeSpecification: limits(definition) } };
    case 'choice':
      return {
        Type: 'Categorical',
        Range: { CategoricalParameterRangeSpecification: { Values: [...definition.choices] } },
      };
    case 'text':
      return { Type: 'FreeText' };
  }
}

function limits({ min, max }: { readonly min: number; readonly max: number }) {
  return { MinValue: String(min), MaxValue: String(max) };
}
