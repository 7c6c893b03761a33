import { championRecords, recordChampion } from '../artifacts';
import { assertNobodyDeploys, endTest, findChallenger } from '../challengers';
import type { CommandDescription, CommonOptions } from '../command';
import { changeableEndpoint } from '../endpoint';
import { ExitCode, OperatorError } from '../errors';
import { switchTo } from '../switch';

export const promote: CommandDescription<CommonOptions> = {
  usage: 'promote',
  summary: 'Makes the challenger of an A/B test or a shadow the champion, and waits until it serves alone.',
  examples: [
    ['promote', 'ends the test: the challenger gets all requests'],
    ['promote --json', '{"from", "to", "seconds"}, for a script'],
  ],
  action: async (pipeline, out) => {
    const started = performance.now();
    const { s3, outputs } = pipeline;
    const challenger = await findChallenger(pipeline);
    if (!challenger) {
      await assertNobodyDeploys(pipeline);
      throw new OperatorError(
        `no challenger is tested in environment "${pipeline.environment}", so there is nothing to promote; endpoint.deployment with the strategy abTest or shadow makes one.`,
      );
    }
    const { strategy, testConfigName, against, ...champion } = challenger;
    const endpoint = await changeableEndpoint(pipeline);
    const { EndpointConfigName: serving } = endpoint;
    // It serves alone already where an earlier promotion was cut short before it was recorded.
    if (serving !== champion.endpointConfigName) {
      if (serving !== testConfigName)
        throw new OperatorError(
          `the endpoint serves configuration "${serving}" instead of the test's, ${testConfigName}: somebody changed it; mlops rollback ends the test.`,
        );
      await switchTo(pipeline, champion.endpointConfigName);
    }
    const [newest] = await championRecords(s3, outputs.ArtifactsBucketName);
    if (newest?.runId !== champion.runId) {
      await recordChampion(s3, outputs.ArtifactsBucketName, {
        ...champion,
        deployedAt: new Date().toISOString(),
      });
    }
    await endTest(pipeline, challenger);
    const seconds = (performance.now() - started) / 1000;
    const found = { from: against, to: champion.runId, strategy, seconds };
    out.result(found, () => `${against} → ${champion.runId} in ${seconds.toFixed(1)} s`);
    return ExitCode.Ok;
  },
};
