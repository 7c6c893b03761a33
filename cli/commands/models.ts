import { championRecords } from '../artifacts';
import { showHeadline } from '../../lib/contract/metric-text';
import { describePart, remedyOf, type MissingPart } from '../../lib/contract/production';
import { findChallenger } from '../challengers';
import { distinctChampions } from '../../lib/contract/champion';
import type { CommandDescription, CommonOptions } from '../command';
import { findEndpoint } from '../endpoint';
import { ExitCode } from '../errors';
import { moment, table, type Output } from '../output';
import type { Pipeline } from '../pipeline';
import { missingOf, missingText } from '../production';
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
  const { s3, sagemaker, outputs, config } = pipeline;
  const champions = distinctChampions(await championRecords(s3, outputs.ArtifactsBucketName));
  const [endpoint, challenger] = await Promise.all([
    findEndpoint(sagemaker, outputs.EndpointName),
    findChallenger(pipeline),
  ]);
  const serving = endpoint?.EndpointConfigName;
  const isTest = challenger !== null && serving === challenger.testConfigName;
  const found = await Promise.all(
    [...(challenger ? [challenger] : []), ...champions].map(async (record) => {
      const { runId, headline, deployedAt, endpointConfigName } = record;
      const missing = await missingOf(pipeline, record, config.endpoint.serving.kind !== 'batch');
      return {
        version: runId,
        role: runId === challenger?.runId ? 'challenger' : runId === champions[0]?.runId ? 'champion' : null,
        headline: headline ?? null,
        deployedAt,
        inService: isTest
          ? [challenger.runId, challenger.against].includes(runId)
          : serving === endpointConfigName,
        inSageMaker: !missing.some(({ part, replaced }) => part === 'model' && !replaced),
        missing,
      };
    }),
  );
  out.result(found, () =>
    found.length === 0
      ? 'No model has been deployed yet.'
      : [
          table(
            ['VERSION', 'ROLE', 'GATE METRIC', 'DEPLOYED (UTC)', 'IN SERVICE', 'IN SAGEMAKER', 'MISSING'],
            found.map((model) => [
              model.version,
              model.role,
              showHeadline(model.headline),
              moment(model.deployedAt),
              model.inService,
              model.inSageMaker,
              missingText(model.missing),
            ]),
          ),
          ...remedies(found),
        ].join('\n'),
  );
  return ExitCode.Ok;
}

/** Returns what to do about the champion. Former ones miss model, configuration and image once they are retired. */
function remedies(found: readonly { role: string | null; missing: readonly MissingPart[] }[]): string[] {
  const missing = found.find(({ role }) => role === 'champion')?.missing ?? [];
  return missing.map((part) => `The champion's ${describePart(part)}: ${remedyOf(part)}.`);
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
