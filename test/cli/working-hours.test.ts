import { absence } from '../../cli/working-hours';
import { berlin, DAY, NIGHT, REOPENS } from '../support/working-hours';

const outputs = { EndpointName: 'e', WorkingHoursOfEndpoint: JSON.stringify(berlin) };

test.each<[string, Parameters<typeof absence>[0], number, string]>([
  [
    'outside of the working hours',
    outputs,
    NIGHT,
    `endpoint "e" is stopped until ${REOPENS}; mlops endpoint start brings it back before.`,
  ],
  [
    'within the working hours',
    outputs,
    DAY,
    'endpoint "e" does not exist, though these are its working hours; mlops endpoint start brings it back.',
  ],
  [
    'of an endpoint without working hours',
    { EndpointName: 'e' },
    DAY,
    'endpoint "e" does not exist; deploy a model first.',
  ],
])('an absent endpoint %s is explained', (_, given, now, message) => {
  expect(absence(given, now)).toBe(message);
});
