import { checkDeployable, inProgress } from '../../../lambda/endpoint-lock/deployable';
import type { Challenger, Champion } from '../../../lib/contract/run';

const champion = { runId: 'run-1' } as Champion;

const challenger = { runId: 'run-2', against: 'run-1', strategy: 'abTest' } as Challenger;

const request = { runId: 'run-3', executionArn: 'arn' };

describe('a candidate may be deployed', () => {
  test.each([
    ['over the champion that it was compared with', 'run-1', champion],
    ['as the first model', null, null],
  ])('%s', (_, compared, now) => {
    expect(() => checkDeployable({ ...request, champion: compared }, now, null)).not.toThrow();
  });

  test.each<[string, string | null, Champion | null, Challenger | null, string, string]>([
    ['over another champion', 'run-0', champion, null, 'ChampionChanged', 'run-0'],
    ['if another run deployed the first model', null, champion, null, 'ChampionChanged', 'run-3'],
    ['if the champion was deleted', 'run-1', null, null, 'ChampionChanged', 'run-1'],
    ['while a challenger is tested', 'run-1', champion, challenger, 'ChallengerUndecided', 'run-2'],
  ])('but not %s', (_, compared, now, tested, name, run) => {
    const check = () => checkDeployable({ ...request, champion: compared }, now, tested);
    expect(check).toThrow(expect.objectContaining({ name }) as Error);
    expect(check).toThrow(run);
  });

  test.each<[string, string | null, Challenger | null, string | null]>([
    ['the champion', null, null, null],
    ['the test that it is in', 'run-2', challenger, null],
    ['a test that has ended', 'run-2', null, 'ChampionChanged'],
    ['a champion that is tested by now', null, challenger, 'ChallengerUndecided'],
    ['another test', 'run-8', challenger, 'ChallengerUndecided'],
  ])('%s may be restored, unless it has changed', (_, found, now, error) => {
    const check = () =>
      checkDeployable({ ...request, champion: 'run-1', restore: { challenger: found } }, champion, now);
    if (error) expect(check).toThrow(expect.objectContaining({ name: error }) as Error);
    else expect(check).not.toThrow();
  });

  test('the run that holds the endpoint lock is named', () => {
    expect(inProgress({ runId: 'run-7', executionArn: 'arn' })).toMatchObject({
      name: 'DeploymentInProgress',
      message: expect.stringMatching(/run-7/) as string,
    });
  });
});
