import { failureRecord, readableCause } from '../../../lambda/notify/failure';
import { NOW, run } from '../support/failed-run';

describe('readableCause', () => {
  test.each([
    [
      'a Lambda error',
      JSON.stringify({ errorType: 'InvalidData', errorMessage: 'part-1.csv is empty', trace: [] }),
      'part-1.csv is empty',
    ],
    [
      'a Processing job',
      JSON.stringify({
        ProcessingJobStatus: 'Failed',
        FailureReason: 'exit code: 1',
        ExitMessage: 'no rows\n',
      }),
      'no rows',
    ],
    [
      'a Training job',
      JSON.stringify({
        TrainingJobStatus: 'Failed',
        FailureReason: 'AlgorithmError: diverged, exit code: 1',
      }),
      'AlgorithmError: diverged, exit code: 1',
    ],
    [
      'a build',
      JSON.stringify({
        Build: {
          BuildStatus: 'FAILED',
          Phases: [{ PhaseType: 'BUILD', PhaseStatus: 'FAILED', Contexts: [{ Message: 'exit status 1' }] }],
        },
      }),
      'image build FAILED in phase BUILD: exit status 1',
    ],
    ['plain text', 'something broke', 'something broke'],
    ['a JSON text without words', '42', '42'],
    ['nothing', undefined, 'no cause was given'],
  ])('finds the sentence of %s', (_, cause, sentence) => {
    expect(readableCause(cause)).toBe(sentence);
  });
});

describe('failureRecord', () => {
  test.each([
    [
      { status: 'FAILED', error: 'ModelRejected', cause: 'accuracy too low', state: 'Reject model' },
      'rejected',
      'accuracy too low',
    ],
    [
      { status: 'FAILED', error: 'ApprovalDenied', cause: 'no answer in 3 days', state: 'Deny model' },
      'rejected',
      'no answer in 3 days',
    ],
    [
      { status: 'FAILED', error: 'States.TaskFailed', cause: 'boom', state: 'Train model' },
      'failed',
      'State "Train model": boom',
    ],
    [
      { status: 'TIMED_OUT', state: 'Train model' },
      'failed',
      'State "Train model": the execution timed out.',
    ],
    [{ status: 'ABORTED' }, 'aborted', 'the execution was stopped.'],
    [
      { status: 'ABORTED', state: 'Train model', cause: 'by hand' },
      'aborted',
      'State "Train model": the execution was stopped. Cause: by hand',
    ],
  ])('%j reads as %s', (execution, decision, message) => {
    const record = failureRecord(run(execution), NOW);
    expect(record.decision).toBe(decision);
    expect(record.message).toBe(message);
  });
});
