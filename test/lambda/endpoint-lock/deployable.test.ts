import { checkStanding, inProgress } from '../../../lambda/claim/standing';
import type { Challenger, Champion } from '../../../lib/contract/run';

const champion = { runId: 'run-1' } as Champion;

const challenger = { runId: 'run-2', against: 'run-1', strategy: 'abTest' } as Challenger;

const request = { runId: 'run-3', executionArn: 'arn' };

describe('a candidate may be deployed', () => {
  test.each([
    ['over the champion that it was compared with', 'run-1', champion],
    ['where there has been none', null, null],
  ])('%s', (_, compared, now) => {
    expect(() => checkStanding({ ...request, champion: compared }, now, null)).not.toThrow();
  });

  test.each<[string, string | null, Champion | null, Challenger | null, string, RegExp]>([
    [
      'over another champion',
      'run-0',
      champion,
      null,
      'ChampionChanged',
      /run run-3 was compared with run-0, but the champion is run-1 now/,
    ],
    ['where another was first', null, champion, null, 'ChampionChanged', /compared with no champion/],
    ['where the champion has gone', 'run-1', null, null, 'ChampionChanged', /the champion is none now/],
    [
      'while a challenger is tested',
      'run-1',
      champion,
      challenger,
      'ChallengerUndecided',
      /run run-2 is tested against run-1 in an A\/B test.*mlops promote or mlops rollback/,
    ],
  ])('but not %s', (_, compared, now, tested, name, message) => {
    const check = () => checkStanding({ ...request, champion: compared }, now, tested);
    expect(check).toThrow(expect.objectContaining({ name }) as Error);
    expect(check).toThrow(message);
  });

  test('and of two at once the second is told who is first', () => {
    expect(inProgress({ runId: 'run-7', executionArn: 'arn' })).toMatchObject({
      name: 'DeploymentInProgress',
      message: expect.stringMatching(/^run run-7 is deploying; two runs never deploy at once/) as string,
    });
  });
});
