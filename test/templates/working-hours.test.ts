import { validateConfig, type PipelineConfig } from '../../lib/config';
import { CHAMPION, failWith, SERVING } from './support/dry-run';
import { expectEnding, type Ending } from './support/endings';
import { abTest, batch, serverless, workingHours } from './support/variants';

const replacing = { champion: CHAMPION, endpoint: SERVING };
const REMOVED = ['Delete candidate configuration', 'Delete candidate model', 'Deployment failed'];
const wrongAnswer = failWith('SmokeTestFailed', 'variant challenger: golden request 0');

/** Runs of an endpoint with working hours. */
const ENDINGS: Record<string, Ending & { readonly config: PipelineConfig }> = {
  'outside of them the champion is brought back and updated': {
    champion: CHAMPION,
    config: workingHours,
    status: 'SUCCEEDED',
    through: ['Endpoint absent?', 'Wake champion', 'Find endpoint', 'Update endpoint', 'Record champion'],
    never: ['Create endpoint', 'Undo deployment'],
    serves: 'candidate',
  },
  'of an A/B test the champion is there too': {
    champion: CHAMPION,
    config: { ...abTest, endpoint: { ...abTest.endpoint, workingHours: workingHours.endpoint.workingHours } },
    status: 'SUCCEEDED',
    through: ['Wake champion', 'Create test configuration', 'Update endpoint', 'Record challenger'],
    never: ['Record champion'],
    serves: 'test',
  },
  'what goes wrong outside of them goes back to the champion': {
    champion: CHAMPION,
    config: workingHours,
    answers: { 'Smoke test': wrongAnswer },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: ['Wake champion', 'Undo deployment', 'Restore champion', ...REMOVED],
    never: ['Delete new endpoint'],
    serves: 'champion',
  },
  'a champion that cannot be brought back keeps no candidate off': {
    champion: CHAMPION,
    config: workingHours,
    answers: { 'Wake champion': failWith('SageMaker.SageMakerException', 'Could not find model') },
    status: 'SUCCEEDED',
    through: ['Wake champion', 'Create endpoint', 'Record champion'],
    never: ['Update endpoint', 'Undo deployment'],
    serves: 'candidate',
  },
  'one that fails to start keeps none off either': {
    champion: CHAMPION,
    config: workingHours,
    answers: {
      'Wake champion': (_, world) => {
        world.endpoint = { status: 'Failed', config: CHAMPION.endpointConfigName };
        return { EndpointArn: 'arn' };
      },
    },
    status: 'SUCCEEDED',
    through: ['Wake champion', 'Delete failed endpoint', 'Endpoint absent?', 'Create endpoint'],
    never: ['Update endpoint', 'Undo deployment'],
    serves: 'candidate',
  },
  'there is no champion to start': {
    config: workingHours,
    status: 'SUCCEEDED',
    through: ['Create endpoint', 'Record champion'],
    never: ['Wake champion'],
    serves: 'candidate',
  },
  'a start or stop under way is waited for': {
    ...replacing,
    config: workingHours,
    answers: {
      'Acquire endpoint lock': (request, world) =>
        request.attempt < 3 ? failWith('EndpointChanging', 'it stops')(request, world) : undefined,
    },
    status: 'SUCCEEDED',
    through: ['Acquire endpoint lock', 'Update endpoint', 'Record champion'],
    never: ['Undo deployment'],
    serves: 'candidate',
  },
};

test.each(Object.entries(ENDINGS))('%s', async (_, { config, ...ending }) => {
  await expectEnding(config, ending);
});

/** Working hours with some fields replaced, of another kind of serving too. */
function withHours(changes: object, config: PipelineConfig = workingHours): PipelineConfig {
  const hours = { ...workingHours.endpoint.workingHours!, ...changes };
  return { ...config, endpoint: { ...config.endpoint, workingHours: hours } };
}

describe('a configuration is refused with', () => {
  test.each<[name: string, config: PipelineConfig, message: string | RegExp]>([
    [
      'working hours that end before they begin',
      withHours({ stop: '07:59' }),
      'endpoint.workingHours.stop is "07:59"',
    ],
    ['working hours at no time', withHours({ start: '8:00' }), 'endpoint.workingHours.start is "8:00"'],
    ['working hours on a day that comes twice', withHours({ days: ['MON', 'MON'] }), '"MON"'],
    ['working hours on no day', withHours({ days: [] }), 'endpoint.workingHours.days is []'],
    [
      'working hours nowhere',
      withHours({ timeZone: 'Berlin' }),
      'endpoint.workingHours.timeZone is "Berlin"',
    ],
    [
      'working hours of a serverless endpoint',
      withHours({}, serverless),
      /endpoint\.workingHours is .* with endpoint\.serving\.kind "serverless"/,
    ],
    [
      'working hours without an endpoint',
      withHours({}, batch),
      /endpoint\.workingHours is .* with endpoint\.serving\.kind "batch"/,
    ],
  ])('%s', (_, config, message) => {
    expect(() => validateConfig(config)).toThrow(message);
  });
});
