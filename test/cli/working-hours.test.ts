import { absence } from '../../cli/working-hours';
import { berlin, DAY, NIGHT, REOPENS } from '../support/working-hours';

const outputs = { EndpointName: 'e', WorkingHoursOfEndpoint: JSON.stringify(berlin) };

test('outside of the working hours an absent endpoint’s next start is named', () => {
  expect(absence(outputs, NIGHT)).toContain(REOPENS);
});

test.each([
  ['within the working hours', outputs],
  ['without working hours', { EndpointName: 'e' }],
])('%s no start is named', (_, given) => {
  expect(absence(given, DAY)).toContain('"e"');
  expect(absence(given, DAY)).not.toContain(REOPENS);
});
