import { parseRunInput } from '../../../lambda/shared/run-input';

describe('parseRunInput', () => {
  test.each([
    [undefined],
    [null],
    [{}],
    [{ force: true, hyperparameters: { 'training.epochs': '5' } }],
    [{ trigger: { kind: 'newData', detail: 's3://b/data/1.csv' } }],
  ])('%j is allowed', (input) => {
    expect(parseRunInput(input)).toEqual(input ?? {});
  });

  test.each([
    [{ force: 'yes' }, '"force" is "yes"'],
    [{ image: 'x' }, '"image"'],
    [{ hyperparameters: { 'training.epochs': true } }, '"hyperparameters.training.epochs" is true'],
    [{ trigger: { kind: 'cron', detail: '' } }, '"trigger.kind" is "cron"'],
    [{ trigger: { kind: 'drift', detail: '', image: 'x' } }, '"image"'],
    [{ trigger: { kind: 'drift', detail: 'x'.repeat(1_201) } }, '"trigger.detail" is "x'],
    [[], '"input" is []'],
    ['{}', '"input" is "{}"'],
  ])('%j is refused: %s', (input, message) => {
    expect(() => parseRunInput(input)).toThrow(message);
  });
});
