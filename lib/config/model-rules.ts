import { metricNames, metricOf } from '../contract/metrics';
import { resolveHyperparameters } from '../contract/hyperparameters';
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

function apiFaults({ api }: PipelineConfig): string[] {
  const types = api.accepts.map(({ contentType }) => contentType);
  const repeated = types.find((type, index) => types.indexOf(type) !== index);
  return [
    ...(repeated ? [`api.accepts names "${repeated}" twice; name each content type once`] : []),
    ...api.accepts.flatMap(({ contentType, binary, schema }, index) =>
      schema !== null && (binary || !/^application\/([a-z.+-]+\+)?json$/.test(contentType))
        ? [
            `api.accepts.${index}.schema is given for "${contentType}"; must be null: API Gateway checks the schema of JSON only`,
          ]
        : [],
    ),
  ];
}
