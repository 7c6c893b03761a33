import { metricNames, metricOf } from '../contract/metrics';
import {
  resolveHyperparameters,
  SPECIFICATION_LIMITS as LIMITS,
  type HyperparameterDefinition,
} from '../contract/hyperparameters';
import { isJson, isText } from '../contract/model';
import type { PipelineConfig } from './schema';

/** SageMaker's limit of hyperparameters of a job. */
const MAX_HYPERPARAMETERS = 100;

/** Returns the faults between the fields of a model's own parts. */
export function modelFaults(config: PipelineConfig): string[] {
  return [
    ...dataFaults(config),
    ...metricsFaults(config),
    ...hyperparameterFaults(config),
    ...apiFaults(config),
  ];
}

function dataFaults({ data }: PipelineConfig): string[] {
  const { check, schemaKey, suffixes, prefix } = data;
  return [
    ...(check === 'table' && schemaKey === null
      ? ['data.schemaKey is null with data.check "table"; must be a key that ends in .json']
      : []),
    ...(check !== 'table' && schemaKey !== null
      ? [
          `data.schemaKey is "${schemaKey}" with data.check "${check}"; must be null: only tables have a schema`,
        ]
      : []),
    ...(check === 'none' && suffixes === null
      ? ['data.suffixes is null with data.check "none"; must be a list of endings such as [".png"], or "*"']
      : []),
    ...(schemaKey?.startsWith(prefix)
      ? [`data.schemaKey is "${schemaKey}"; must be a key outside of data.prefix "${prefix}"`]
      : []),
  ];
}

function metricsFaults({ metrics }: PipelineConfig): string[] {
  const { training, headline, agreement } = metrics;
  const names = training.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return [
    ...(Object.keys(metrics.evaluation).length === 0
      ? ['metrics.evaluation is {}; must have at least one metric, which the gate requires']
      : []),
    ...(repeated ? [`metrics.training names "${repeated}" twice; name each metric once`] : []),
    ...training.flatMap(({ expression }, index) => {
      const fault = expressionFault(expression);
      return fault ? [`metrics.training.${index}.expression is ${JSON.stringify(expression)}; ${fault}`] : [];
    }),
    ...(headline !== null && !metricOf(headline, metrics)
      ? [`metrics.headline is "${headline}"; must be ${metricNames(metrics)}, or null`]
      : []),
    ...(agreement ?? []).flatMap((pair, index) => [
      ...(metricOf(pair.evaluation, metrics)
        ? []
        : [`metrics.agreement.${index}.evaluation is "${pair.evaluation}"; must be ${metricNames(metrics)}`]),
      ...(names.includes(pair.training)
        ? []
        : [
            `metrics.agreement.${index}.training is "${pair.training}"; must be a name of metrics.training: ` +
              (names.join(', ') || 'it has none'),
          ]),
    ]),
  ];
}

/** SageMaker takes the expression's first group as the value. */
function expressionFault(expression: string): string | undefined {
  try {
    const groups = new RegExp(`${expression}|`).exec('')!.length - 1;
    return groups >= 1 ? undefined : 'must have a group, whose text is the value, such as loss=([0-9.]+);';
  } catch (error) {
    return `must be a regular expression (${(error as Error).message})`;
  }
}

function hyperparameterFaults({ hyperparameters, hyperparameterValues }: PipelineConfig): string[] {
  const faults: string[] = [];
  const count = Object.keys(hyperparameters).length;
  if (count > MAX_HYPERPARAMETERS) {
    faults.push(
      `hyperparameters has ${count} names; must be at most ${MAX_HYPERPARAMETERS}, SageMaker's limit`,
    );
  }
  for (const [name, definition] of Object.entries(hyperparameters)) {
    try {
      resolveHyperparameters({ [name]: definition }, [
        { source: 'its default', values: { [name]: definition.default } },
      ]);
    } catch (error) {
      faults.push((error as Error).message);
    }
    faults.push(...specificationFaults(name, definition));
    if ('min' in definition && definition.min > definition.max) {
      faults.push(
        `hyperparameters.${name}.min is ${definition.min}; must be at most its max, ${definition.max}`,
      );
    }
  }
  try {
    resolveHyperparameters(hyperparameters, [{ source: 'the configuration', values: hyperparameterValues }]);
  } catch (error) {
    faults.push((error as Error).message);
  }
  return faults;
}

/** SageMaker's limits of an algorithm's specification, so that a tuning job can vary what is tunable. */
function specificationFaults(name: string, definition: HyperparameterDefinition): string[] {
  const field = `hyperparameters.${name}`;
  const { description, tunable } = definition;
  const long =
    definition.kind === 'choice' ? definition.choices.find(({ length }) => length > LIMITS.value) : undefined;
  return [
    ...(name.length > LIMITS.name
      ? [`the name ${field} has ${name.length} characters; must be at most ${LIMITS.name}`]
      : []),
    ...(description.length > LIMITS.description
      ? [`${field}.description has ${description.length} characters; must be at most ${LIMITS.description}`]
      : []),
    ...(long !== undefined
      ? [`${field}.choices has one of ${long.length} characters; must be at most ${LIMITS.value}`]
      : []),
    ...(definition.kind === 'text' && tunable
      ? [`${field}.tunable is true with kind "text"; must be false: SageMaker tunes numbers and choices`]
      : []),
  ];
}

function apiFaults({ api }: PipelineConfig): string[] {
  const types = api.accepts.map(({ contentType }) => contentType);
  const repeated = types.find((type, index) => types.indexOf(type) !== index);
  return [
    ...(repeated ? [`api.accepts names "${repeated}" twice; name each content type once`] : []),
    ...repeatedReturn(api.returns),
    ...api.accepts.flatMap(({ contentType, binary, schema }, index) => [
      ...(schema !== null && (binary || !isJson(contentType))
        ? [
            `api.accepts.${index}.schema is given for "${contentType}"${binary ? ' with binary true' : ''}; must be null: API Gateway checks the schema of JSON only`,
          ]
        : []),
      ...(!binary && !isText(contentType)
        ? [
            `api.accepts.${index}.binary is false for "${contentType}"; must be true: API Gateway passes on the bytes of binary types only, and reads others as UTF-8`,
          ]
        : []),
    ]),
  ];
}

function repeatedReturn(returns: readonly string[]): string[] {
  const repeated = returns.find((type, index) => returns.indexOf(type) !== index);
  return repeated ? [`api.returns names "${repeated}" twice; name each content type once`] : [];
}
