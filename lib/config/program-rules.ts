import { metricOf } from '../contract/metrics';
import { builtInImage, urlSuffix } from './built-ins';
import { unknownType } from './instance-types';
import { registryHost } from './prebuilt';
import { programEntries } from './programs';
import type { PipelineConfig, ProgramConfig } from './schema';

/** Returns the faults between the programs and the other fields: what SageMaker would report only during a run. */
export function programFaults(config: PipelineConfig): string[] {
  return [
    ...programEntries(config).flatMap(([name, program]) => imageFaults(`programs.${name}`, program, config)),
    ...builtInFaults(config),
    ...evaluationFaults(config),
  ];
}

/**
 * Jobs and models pull from the registry of their own region: "the Docker image for inference container in Amazon EC2
 * Container Registry must be in the same region as the model or endpoint" (API reference, ContainerDefinition, Image).
 */
function imageFaults(field: string, program: ProgramConfig, { region }: PipelineConfig): string[] {
  if ('builtIn' in program) {
    const { versions, accounts } = builtInImage(program.builtIn);
    return [
      ...(versions.includes(program.version)
        ? []
        : [`${field}.version is "${program.version}"; must be one of ${versions.join(', ')}`]),
      ...(region === undefined || region in accounts
        ? []
        : [
            `${field}.builtIn is "${program.builtIn}" in region "${region}"; must be in one of ` +
              `${Object.keys(accounts).join(', ')}, where its registry is known (lib/config/built-ins.json)`,
          ]),
    ];
  }
  if (!('image' in program) || region === undefined) return [];
  const host = registryHost(region, urlSuffix(region));
  if (program.image.slice(program.image.indexOf('.') + 1).startsWith(`${host}/`)) return [];
  return [
    `${field}.image is "${program.image}"; must be an image of ${host}, the registry of the pipeline's region, from ` +
      'which SageMaker pulls: copy the image there, or replicate its repository',
  ];
}

/** What the built-in algorithms read, and what they lack. */
function builtInFaults({ programs, splits, training }: PipelineConfig): string[] {
  const { train, serve, evaluate } = programs;
  const faults: string[] = [];
  if ('builtIn' in train) {
    // "For CSV training, the algorithm assumes that the target variable is in the first column and that the CSV does not
    // have a header record" (Developer Guide, "Input/Output Interface for the XGBoost algorithm").
    if (splits === undefined || splits.header || splits.label !== 'first') {
      faults.push(
        `splits is ${JSON.stringify(splits) ?? 'missing'} with programs.train.builtIn "${train.builtIn}"; must be ` +
          '{"header":false,"label":"first","contentType":"text/csv"}, which it reads',
      );
    }
    if (training.instanceCount > 1) {
      faults.push(
        `training.instanceCount is ${training.instanceCount} with programs.train.builtIn "${train.builtIn}"; must be 1: ` +
          'each instance would read all rows, and count them once more',
      );
    }
  }
  if ('builtIn' in serve && evaluate === undefined) {
    faults.push(
      `programs.evaluate is missing with programs.serve.builtIn "${serve.builtIn}"; must be a program that scores ` +
        'answers, such as { folder: "containers/inference", context: "containers" }: the built-in image cannot evaluate',
    );
  }
  return faults;
}

function evaluationFaults({ programs, splits, evaluation, gate, metrics }: PipelineConfig): string[] {
  if (programs.evaluate === undefined) return [];
  const faults: string[] = [];
  if (splits === undefined || splits.header) {
    // A transform job splits a file into lines, and only its first request would have the header.
    faults.push(
      `splits is ${JSON.stringify(splits) ?? 'missing'} with programs.evaluate; must have "header": false: transform ` +
        'jobs send the lines of a file in several requests',
    );
  }
  const allowed = unknownType('transform', evaluation.instanceType);
  if (allowed) {
    faults.push(
      `evaluation.instanceType is "${evaluation.instanceType}" with programs.evaluate; must be ${allowed}: transform ` +
        'jobs predict on it too',
    );
  }
  for (const [index, { name }] of (gate.metrics ?? []).entries()) {
    if (!metricOf(name, metrics)?.onRequest) continue;
    faults.push(
      `gate.metrics.${index}.name is "${name}" with programs.evaluate; must be a metric of the answers: the serving ` +
        'program runs in transform jobs, where it is not measured',
    );
  }
  return faults;
}
