import type { CreateAlgorithmInput, HyperParameterSpecification } from '@aws-sdk/client-sagemaker';
import { checkRequest, type TaskRequest } from 'local-cloud/testing';
import { images } from '../../../examples/images/model';
import { trips } from '../../../examples/own-server/model';
import { text } from '../../../examples/text/model';
import { table } from '../../../lib';
import {
  SPECIFICATION_LIMITS as LIMITS,
  type HyperparameterDefinitions,
} from '../../../lib/contract/hyperparameters';
import { trainingSpecifications } from '../../../lib/run/train/hyperparameter-specification';

const createAlgorithm = (SupportedHyperParameters: HyperParameterSpecification[]): CreateAlgorithmInput => ({
  AlgorithmName: 'a',
  TrainingSpecification: {
    TrainingImage: 'i',
    SupportedTrainingInstanceTypes: ['ml.m5.large'],
    TrainingChannels: [{ Name: 'train', SupportedContentTypes: ['text/csv'], SupportedInputModes: ['File'] }],
    SupportedHyperParameters,
  },
});

const described = { description: 'what it is' };
const definitions: HyperparameterDefinitions = {
  'training.epochs': { kind: 'integer', min: 1, max: 100, default: 20, ...described, unit: 'passes' },
  'training.rate': { kind: 'number', min: 1e-7, max: 1, default: 0.01, ...described, tunable: true },
  'training.solver': { kind: 'choice', choices: ['a', 'b'], default: 'b', ...described, tunable: true },
  'training.note': { kind: 'text', default: '', ...described },
  'preprocessing.size': { kind: 'integer', min: 1, max: 2, default: 1, ...described },
};

test('each kind has SageMaker’s type, range and default, as text', () => {
  const common = { Description: 'what it is', IsRequired: false };
  expect(trainingSpecifications(definitions)).toEqual([
    {
      ...{ ...common, Name: 'epochs', Type: 'Integer', IsTunable: false, DefaultValue: '20' },
      Description: 'what it is (passes)',
      Range: { IntegerParameterRangeSpecification: { MinValue: '1', MaxValue: '100' } },
    },
    {
      ...{ ...common, Name: 'rate', Type: 'Continuous', IsTunable: true, DefaultValue: '0.01' },
      Range: { ContinuousParameterRangeSpecification: { MinValue: '1e-7', MaxValue: '1' } },
    },
    {
      ...{ ...common, Name: 'solver', Type: 'Categorical', IsTunable: true, DefaultValue: 'b' },
      Range: { CategoricalParameterRangeSpecification: { Values: ['a', 'b'] } },
    },
    { ...common, Name: 'note', Type: 'FreeText', IsTunable: false, DefaultValue: '' },
  ]);
});

describe.each([table, images, text, trips])('the hyperparameters of $name', ({ hyperparameters }) => {
  const specifications = trainingSpecifications(hyperparameters);

  test('fit CreateAlgorithm as the SDK has it', () => {
    expect(specifications.length).toBeGreaterThan(0);
    const checked = checkRequest({
      resource: 'arn:aws:states:::aws-sdk:sagemaker:createAlgorithm',
      arguments: JSON.parse(JSON.stringify(createAlgorithm(specifications))) as TaskRequest['arguments'],
    });
    expect(checked).toEqual({ operation: 'CreateAlgorithm' });
  });

  // "HyperParameterSpecification" and its ranges in SageMaker's API reference.
  test('keep AWS’s limits', () => {
    expect(specifications.length).toBeLessThanOrEqual(100);
    for (const { Name, Description, DefaultValue, Type, Range, IsTunable } of specifications) {
      expect(Name).toMatch(/^\S{1,256}$/);
      expect(Description!.length).toBeLessThanOrEqual(LIMITS.description);
      expect(DefaultValue!.length).toBeLessThanOrEqual(2_500);
      const range = Range?.IntegerParameterRangeSpecification ?? Range?.ContinuousParameterRangeSpecification;
      if (range) {
        expect(Number(range.MinValue)).toBeLessThanOrEqual(Number(DefaultValue));
        expect(Number(range.MaxValue)).toBeGreaterThanOrEqual(Number(DefaultValue));
      }
      const words = Range?.CategoricalParameterRangeSpecification?.Values;
      if (words) {
        expect(words).toContain(DefaultValue);
        expect(words.length).toBeLessThanOrEqual(30);
      }
      expect([Type, (range ?? words) === undefined]).toEqual([Type, Type === 'FreeText']);
      if (Type === 'FreeText') expect(IsTunable).toBe(false);
    }
  });
});
