import { whenLost, whenStopped } from '../../../lambda/inference/absence';
import { CHAMPION } from '../../templates/support/dry-run';
import { berlin, DAY, NIGHT, REOPENS } from '../../support/working-hours';

test('outside of the working hours the API says when the endpoint starts', () => {
  expect(whenStopped(berlin, NIGHT)).toContain(REOPENS);
});

test('within the working hours the champion says if there should be an endpoint', () => {
  expect(whenStopped(berlin, DAY)).toBeUndefined();
  expect(whenLost(null)).toContain('no model is deployed yet');
  expect(whenLost(CHAMPION)).toMatch(
    /model run-0 .*deleted, has failed, or is being created.*mlops endpoint restore/,
  );
});
