import { MAX_NAME_LENGTH, runResourceName, type RunResource } from '../../../lib/contract/names';

const LEGAL = /^[a-z0-9](-*[a-z0-9]){0,62}$/;

const RESOURCES: RunResource[] = ['train', 'train-on-demand', 'evaluate', 'model', 'config', 'preprocess-39'];

/** SageMaker refuses a name that is too long or has another letter, and lower-cases names in ARNs. */
describe('names of what a run creates', () => {
  const runIds = [
    'run-20261120-134500',
    'Run_With.Every+Legal@Sign',
    '--------',
    'a'.repeat(80),
    '0123456789abcdef-0123-4567-89ab-cdef01234567_0123456789abcdef-0123-4567-89ab',
    'ünïcödé',
  ];

  test.each(runIds)('are legal with an attempt appended, for the execution %s', (runId) => {
    for (const resource of RESOURCES) {
      const name = `${runResourceName('mlops-dev', runId, resource)}-99`;
      expect(name).toMatch(LEGAL);
      expect(name.length).toBeLessThanOrEqual(MAX_NAME_LENGTH);
    }
  });

  test('differ for executions that differ only in truncated or changed characters', () => {
    const long = 'x'.repeat(79);
    expect(runResourceName('p', `${long}a`, 'train')).not.toBe(runResourceName('p', `${long}b`, 'train'));
    expect(runResourceName('p', 'run_1', 'train')).not.toBe(runResourceName('p', 'run-1', 'train'));
    expect(runResourceName('p', 'RUN', 'train')).not.toBe(runResourceName('p', 'run', 'train'));
  });

  test('keep a valid name', () => {
    expect(runResourceName('mlops-dev', 'run-7', 'train')).toBe('mlops-dev-run-7-train');
  });
});
