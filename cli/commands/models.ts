import { championRecords } from '../artifacts';
import { distinctChampions } from '../champions';
import type { CommandDescription, CommonOptions } from '../command';
import { findEndpoint, hasModel } from '../endpoint';
import { ExitCode } from '../errors';
import { moment, table } from '../output';

export const models: CommandDescription<CommonOptions> = {
  usage: 'models',
  summary: 'Lists the champions, newest first: which one serves, and which can be rolled back to.',
  examples: [['models', 'the champions of the last 365 days']],
  action: async ({ s3, sagemaker, outputs }, out) => {
    const champions = distinctChampions(await championRecords(s3, outputs.ArtifactsBucketName));
    const endpoint = await findEndpoint(sagemaker, outputs.EndpointName);
    const found = await Promise.all(
      champions.map(async ({ runId, metrics, deployedAt, modelName, endpointConfigName }) => ({
        version: runId,
        accuracy: metrics.accuracy ?? null,
        deployedAt,
        inService: endpoint?.EndpointConfigName === endpointConfigName,
        inSageMaker: await hasModel(sagemaker, modelName),
      })),
    );
    out.result(found, () =>
      found.length === 0
        ? 'No model has been deployed yet.'
        : table(
            ['VERSION', 'ACCURACY', 'DEPLOYED (UTC)', 'IN SERVICE', 'IN SAGEMAKER'],
            found.map((model) => [
              model.version,
              model.accuracy?.toFixed(4),
              moment(model.deployedAt),
              model.inService,
              model.inSageMaker,
            ]),
          ),
    );
    return ExitCode.Ok;
  },
};
