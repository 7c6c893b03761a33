import { championRecords } from '../artifacts';
import { showHeadline } from '../../lib/contract/metric-text';
import { findChallenger } from '../challengers';
import { distinctChampions } from '../champions';
import type { CommandDescription, CommonOptions } from '../command';
import { findEndpoint, hasModel } from '../endpoint';
import { ExitCode } from '../errors';
import { moment, table, type Output } from '../output';
import type { Pipeline } from '../pipeline';
import { registeredModels } from '../registry';

interface ModelsOptions extends CommonOptions {
  all?: boolean;
}

/** Largest number of versions that are read from the registry. */
const MAX_REGISTERED = 1_000;

export const models: CommandDescription<ModelsOptions> = {
  usage: 'models',
  summary: 'Lists the champions, newest first: the one in service, and those to which you can roll back.',
  examples: [
    ['models', 'the champions of the last 365 days'],
    ['models --all', 'every evaluated model of the registry, including rejected ones'],
  ],
  options: (command) => command.option('--all', 'list every evaluated model with its status'),
  action: async (pipeline, out, { all }) =>
    all ? listRegistered(pipeline, out) : listChampions(pipeline, out),
};

async function listChampions(pipeline: Pipeline, out: Output): Promise<ExitCode> {
  const { s3, sagemaker, outputs } = pipeline;
  const champions = distinctChampions(await championRecords(s3, outputs.ArtifactsBucketName));
  const [endpoint, challenger] = await Promise.all([
    findEndpoint(sagemaker, outputs.EndpointName),
    findChallenger(pipeline),
  ]);
  const serving = endpoint?.EndpointConfigName;
  const isTest = challenger !== null && serving === challenger.testConfigName;
  const found = await Promise.all(
    [...(challenger ? [challenger] : []), ...champions].map(
      async ({ runId, headline, deployedAt, modelName, endpointConfigName }) => ({
        version: runId,
        role: runId === challenger?.runId ? 'challenger' : runId === champions[0]?.runId ? 'champion' : null,
        headline: headline ?? null,
        deployedAt,
        inService: isTest
          ? [challenger.runId, challenger.against].includes(runId)
          : serving === endpointConfigName,
        inSageMaker: await hasModel(sagemaker, modelName),
      }),
    ),
  );
  out.result(found, () =>
    found.length === 0
      ? 'No model has been deployed yet.'
      : table(
          ['VERSION', 'ROLE', 'GATE METRIC', 'DEPLOYED (UTC)', 'IN SERVICE', 'IN SAGEMAKER'],
          found.map((model) => [
            model.version,
            model.role,
            showHeadline(model.headline),
            moment(model.deployedAt),
            model.inService,
            model.inSageMaker,
          ]),
        ),
  );
  return ExitCode.Ok;
}

async function listRegistered(pipeline: Pipeline, out: Output): Promise<ExitCode> {
  const found = await registeredModels(pipeline, MAX_REGISTERED);
  out.result(found, () =>
    found.length === 0
      ? 'No model has been evaluated yet.'
      : table(
          ['REGISTRY', 'VERSION', 'STATUS', 'EVALUATED (UTC)'],
          found.map(({ version, runId, status, createdAt }) => [version, runId, status, moment(createdAt)]),
        ),
  );
  return ExitCode.Ok;
}
