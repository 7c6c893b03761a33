import { championRecords, recordChampion } from '../artifacts';
import { assertUnlocked, endTest, findChallenger } from '../challengers';
import type { CommandDescription, CommonOptions } from '../command';
import { changeableEndpoint } from '../endpoint';
import { ExitCode, OperatorError } from '../errors';
import { updateEndpoint } from '../update-endpoint';

export const promote: CommandDescription<CommonOptions> = {
  usage: 'promote',
  summary:
    'Makes the challenger of an A/B test or a shadow the champion, and waits until it serves all requests.',
  examples: [
    ['promote', 'ends the test: the challenger receives all requests'],
    ['promote --json', '{"from", "to", "seconds"}, for a script'],
  ],
  action: async (pipeline, out) => {
    const started = performance.now();
    const { s3, outputs } = pipeline;
    const challenger = await findChallenger(pipeline);
    if (!challenger) {
      await assertUnlocked(pipeline);
      throw new OperatorError(
        `pipeline "${pipeline.id}" has no challenger to promote; a run with the strategy abTest or shadow (endpoint.deployment) deploys one.`,
      );
    }
    const { strategy, testConfigName, against } = challenger;
    const endpoint = await changeableEndpoint(pipeline);
    const { EndpointConfigName: serving } = endpoint;
    // It serves all requests already if an earlier promotion was interrupted before it was recorded.
    if (serving !== challenger.endpointConfigName) {
      if (serving !== testConfigName)
        throw new OperatorError(
          `the endpoint serves configuration "${serving}"; the test's is "${testConfigName}": it was changed by hand; mlops endpoint restore brings the test back, mlops rollback ends it.`,
        );
      await updateEndpoint(pipeline, challenger.endpointConfigName);
    }
    const [newest] = await championRecords(s3, outputs.ArtifactsBucketName);
    if (newest?.runId !== challenger.runId) {
      await recordChampion(s3, outputs.ArtifactsBucketName, challenger);
    }
    await endTest(pipeline, challenger);
    const seconds = (performance.now() - started) / 1000;
    const found = { from: against, to: challenger.runId, strategy, seconds };
    out.result(found, () => `${against} → ${challenger.runId} in ${seconds.toFixed(1)} s`);
    return ExitCode.Ok;
  },
};
