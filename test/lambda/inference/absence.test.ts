import { whenStopped } from '../../../lambda/inference/absence';
import { berlin, DAY, NIGHT, REOPENS } from '../../support/working-hours';

test('outside of the working hours the API says when the endpoint starts', () => {
  expect(whenStopped(berlin, NIGHT)).toContain(REOPENS);
});

test('within the working hours no start time is named', () => {
  expect(whenStopped(berlin, DAY)).not.toContain(REOPENS);
});
