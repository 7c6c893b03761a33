import { answerWith, failWith } from './support/dry-run';
import { DEPLOYED, expectEnding, replacing, type Ending } from './support/endings';
import { allStates, definitionOf } from './support/state-machine';
import { dev, synthesise } from './support/synthesis';
import { approval } from './support/variants';

const deny = answerWith({
  approved: false,
  by: 'arn:aws:iam::1:user/ada',
  at: '2026-01-01T00:00:00Z',
  reason: 'too risky',
  message: 'the model was rejected by arn:aws:iam::1:user/ada: too risky',
});

const ENDINGS: Record<string, Ending> = {
  'a person approves the model': {
    ...replacing,
    status: 'SUCCEEDED',
    through: [
      'Good enough?',
      'Ask for approval',
      'Approved?',
      'Approve model package',
      'Create model',
      ...DEPLOYED,
    ],
    never: ['Record denial'],
    serves: 'candidate',
  },
  'a person rejects the model': {
    ...replacing,
    answers: { 'Ask for approval': deny },
    status: 'FAILED',
    error: 'ApprovalDenied',
    cause: /^the model was rejected by arn:aws:iam::1:user\/ada: too risky$/,
    through: ['Ask for approval', 'Approved?', 'Reject model package', 'Record denial', 'Deny model'],
    never: ['Create model', 'Record champion'],
    serves: 'champion',
  },
  'no answer comes in time': {
    ...replacing,
    answers: { 'Ask for approval': () => ({}) },
    status: 'FAILED',
    error: 'ApprovalDenied',
    cause: /3 days/,
    through: ['Ask for approval', 'Record denial', 'Deny model'],
    never: ['Approved?', 'Create model', 'Record champion'],
    serves: 'champion',
  },
  'the question could not be asked': {
    ...replacing,
    answers: { 'Ask for approval': failWith('AuthorizationError', 'sns:Publish') },
    status: 'FAILED',
    error: 'AuthorizationError',
    through: ['Ask for approval'],
    never: ['Record denial', 'Create model'],
    serves: 'champion',
  },
};

const entered = new Set<string>();

describe('the synthesised workflow with approval, when', () => {
  test.each(Object.entries(ENDINGS))('%s', async (_, ending) => {
    const run = await expectEnding(approval, ending);
    run.entered.forEach((name) => entered.add(name));
  });

  test('together these enter every additional state', () => {
    const [without, withIt] = [dev, approval].map((config) =>
      allStates(definitionOf(synthesise(config))).map(([name]) => name),
    ) as [string[], string[]];
    const own = withIt.filter((name) => !without.includes(name));
    expect(own.sort()).toEqual([
      ...['Approve model package', 'Approved?', 'Ask for approval'],
      ...['Deny model', 'Record denial', 'Reject model package'],
    ]);
    expect(own.filter((name) => !entered.has(name))).toEqual([]);
  });
});
