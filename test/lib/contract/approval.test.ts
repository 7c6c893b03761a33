import {
  BY_LINK,
  decideOnce,
  reasonOf,
  questionState,
  type ApprovalAnswer,
  type ApprovalDecision,
  type ApprovalQuestion,
  type Ruling,
} from '../../../lib/contract/approval';
import {
  AFTER,
  ANSWER,
  answered,
  ASKED,
  ENDS,
  NOW,
  OneQuestionDesk,
  QUESTION,
} from '../../lambda/support/approval-question';

const approve: ApprovalDecision = { action: 'approve', by: BY_LINK, reason: null };

const reject: ApprovalDecision = { action: 'reject', by: 'arn:aws:iam::1:user/bob', reason: 'too risky' };

describe('a decision', () => {
  test.each<[ApprovalDecision, Partial<ApprovalAnswer>]>([
    [approve, { approved: true, by: 'link', message: 'the model was approved through a link of the mail' }],
    [
      reject,
      {
        approved: false,
        reason: 'too risky',
        message: 'the model was rejected by arn:aws:iam::1:user/bob: too risky',
      },
    ],
  ])('%j is stored first and then sent to the run', async (decision, expected) => {
    const desk = new OneQuestionDesk(QUESTION);
    const ruling = await decideOnce(desk, 'run-1', decision, NOW);
    const answer = { ...expected, at: NOW.toISOString() };
    expect(ruling).toMatchObject({ kind: 'decided', answer });
    expect(desk.question).toMatchObject({ status: 'answered', answer, taskToken: 'token' });
    expect(desk.given).toEqual([expect.objectContaining(answer)]);
  });

  test.each<[string, ApprovalQuestion | null, ApprovalDecision, Date, Ruling]>([
    ['of a run that asked nothing', null, approve, NOW, { kind: 'unknown' }],
    ['on a question that has its answer', answered, approve, NOW, { kind: 'answered', answer: ANSWER }],
    ['after the end', QUESTION, approve, AFTER, { kind: 'expired', expiresAt: ENDS }],
    ['on a run that has ended', { ...answered, status: 'late' }, approve, NOW, { kind: 'late' }],
    [
      'by a link of a question before',
      QUESTION,
      { ...approve, expiresAt: Date.parse(ASKED) },
      NOW,
      { kind: 'expired', expiresAt: ASKED },
    ],
  ])('%s changes nothing', async (_, question, decision, now, expected) => {
    const desk = new OneQuestionDesk(question, false);
    expect(await decideOnce(desk, 'run-1', decision, now)).toEqual(expected);
    expect(desk.writes).toEqual([]);
  });

  test('of many at the same time one counts, and the others return it', async () => {
    const desk = new OneQuestionDesk(QUESTION);
    const all = Array.from({ length: 20 }, (_, i) =>
      decideOnce(desk, 'run-1', i % 2 ? approve : reject, NOW),
    );
    const rulings = await Promise.all(all);
    const winner = rulings.find(({ kind }) => kind === 'decided') as { answer: ApprovalAnswer };
    expect(rulings.filter(({ kind }) => kind === 'decided')).toHaveLength(1);
    expect(rulings.filter(({ kind }) => kind === 'answered')).toHaveLength(19);
    for (const ruling of rulings) expect(ruling).toMatchObject({ answer: winner.answer });
    expect([desk.writes, desk.given]).toEqual([['answered'], [winner.answer]]);
  });

  test('on a run that no longer waits is late, now and later', async () => {
    const desk = new OneQuestionDesk(QUESTION, false);
    expect(await decideOnce(desk, 'run-1', approve, NOW)).toEqual({ kind: 'late' });
    expect(await decideOnce(desk, 'run-1', reject, NOW)).toEqual({ kind: 'late' });
    expect(desk.writes).toEqual(['answered', 'late']);
  });

  // The function may end between the write and the answer.
  test('that was interrupted reaches the run with the next decision', async () => {
    const desk = new OneQuestionDesk(answered);
    expect(await decideOnce(desk, 'run-1', approve, NOW)).toEqual({ kind: 'answered', answer: ANSWER });
    expect(desk.given).toEqual([ANSWER]);
  });
});

test.each([
  [NOW, undefined, 'open'],
  [new Date(Date.parse(ENDS) - 1), Date.parse(ENDS), 'open'],
  [AFTER, undefined, 'expired'],
  [NOW, Date.parse(ENDS) + 1000, 'expired'],
])('at %s a question with the end %s is %s', (now, expiresAt, kind) => {
  expect(questionState(QUESTION, now, expiresAt).kind).toBe(kind);
});

test.each([
  [undefined, null],
  ['', null],
  [' \n\t ', null],
  [' two\r\nlines\u0000 ', 'two lines'],
  ['é'.repeat(600), 'é'.repeat(500)],
])('the reason %j is kept as %j', (given, kept) => expect(reasonOf(given)).toBe(kept));
