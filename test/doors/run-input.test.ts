import * as fc from 'fast-check';
import { parseRunInput } from '../../lambda/shared/run-input';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { resolveHyperparameters } from '../../lib/contract/hyperparameters';
import { changed, check, json, text } from '../support/fuzz';
import { local } from '../support/configs';

/** Step Functions cuts a cause at 32,768 characters; a sentence has to be readable long before. */
const MAX_MESSAGE = 2_000;

function expectRefusal(error: unknown): PipelineError {
  expect(error).toBeInstanceOf(PipelineError);
  const refusal = error as PipelineError;
  expect(refusal.name).toBe(ErrorName.InvalidRunInput);
  expect(refusal.message.length).toBeLessThan(MAX_MESSAGE);
  expect(refusal.message).toMatch(/must be|known are/);
  return refusal;
}

const INPUT = {
  force: true,
  hyperparameters: { 'training.epochs': 5, 'training.algorithm': 'trees' },
  trigger: { kind: 'newData', detail: 's3://b/data/1.csv' },
};

test("an execution's input is taken, or refused with its field", () => {
  check(fc.oneof(json, changed(INPUT)), 1_000, (input) => {
    try {
      parseRunInput(input);
    } catch (error) {
      expect(expectRefusal(error).message).toMatch(/^execution input: "/);
    }
  });
});

const names = fc.oneof(text, fc.constantFrom(...Object.keys(local.hyperparameters)));
const digits = fc.stringMatching(/^ ?[-+]?\d{0,400}[.,]?\d{0,30}(e[-+]?\d{1,3})? ?$/);

test('values of SSM and of the input are taken, or refused with name, value and what is allowed', () => {
  check(fc.dictionary(names, fc.oneof(digits, json)), 1_000, (values) => {
    try {
      const resolved = resolveHyperparameters(local.hyperparameters, [{ source: 'SSM /a', values }]);
      for (const [name, value] of Object.entries(resolved)) {
        expect(Object.hasOwn(local.hyperparameters, name)).toBe(true);
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
    } catch (error) {
      expect(expectRefusal(error).message).toMatch(/^hyperparameter ".*\(from SSM \/a\)/s);
    }
  });
});
