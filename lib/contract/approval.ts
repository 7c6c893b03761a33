import type { Verdict } from './gate';
import type { Metrics, PinnedObject } from './run';

/** The state in which a run waits; whoever watches it is told what to do. */
export const APPROVAL_STATE = 'Ask for approval';

export const APPROVAL_ACTIONS = ['approve', 'reject'] as const;
export type ApprovalAction = (typeof APPROVAL_ACTIONS)[number];

/** Who answered through a link: a topic sends all its addresses the same mail, so nobody knows which it was. */
export const BY_LINK = 'link';

/** What the run gets for its task token; the variable `$approval` of the state machine. */
export interface ApprovalAnswer {
  readonly approved: boolean;
  /** {@link BY_LINK}, or the ARN of who used the command line; null where nobody answered. */
  readonly by: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string | null;
  /** All of it in a sentence without a full stop. */
  readonly message: string;
}

/** What a person has to know of a candidate: what the gate found, and what the model was made of. */
export interface ModelReport {
  /** The gate's own sentence. */
  readonly reason: string;
  readonly metrics: Metrics;
  readonly verdicts: readonly Verdict[];
  /** Run of the model in production. */
  readonly champion: string | null;
  readonly gitCommit: string;
  /** Content hash by image. */
  readonly images: Readonly<Record<string, string>>;
  readonly hyperparameters: Readonly<Record<string, number | string>>;
  readonly schema: PinnedObject;
  readonly data: {
    readonly objects: number;
    readonly bytes: number;
    /** The first few; the manifest has all. */
    readonly first: readonly PinnedObject[];
    /** `s3://` address of the manifest. */
    readonly manifest: string;
  };
}

/** A question that a run waits for, `approval.json`: what was asked, of which token, and what became of it. */
export interface ApprovalQuestion {
  readonly runId: string;
  readonly executionArn: string;
  readonly environment: string;
  readonly taskToken: string;
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  /** ISO 8601, UTC, in whole seconds: links name it, so that those of an earlier question are told apart. */
  readonly expiresAt: string;
  /** `late`: answered, but the run had ended by then. */
  readonly status: 'waiting' | 'answered' | 'late';
  readonly answer: ApprovalAnswer | null;
  readonly report: ModelReport;
}

/** What somebody says. */
export interface ApprovalDecision {
  readonly action: ApprovalAction;
  /** {@link BY_LINK} or an ARN. */
  readonly by: string;
  readonly reason: string | null;
  /** When the question ends that is answered; left out: whichever is open. Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** How a question stands. */
export type Standing =
  | { readonly kind: 'open'; readonly question: ApprovalQuestion }
  | { readonly kind: 'answered'; readonly answer: ApprovalAnswer }
  /** Nobody waits any more: the run was stopped, or its time ran out. */
  | { readonly kind: 'late' }
  | { readonly kind: 'expired'; readonly expiresAt: string }
  | { readonly kind: 'unknown' };

/** An answer that was given now, or how the question stood in its way. */
export type Ruling =
  | { readonly kind: 'decided'; readonly answer: ApprovalAnswer }
  | Exclude<Standing, { kind: 'open' }>;

/** Where questions are kept and answers go to. */
export interface ApprovalDesk {
  /** @returns null where that run has asked nothing */
  read(runId: string): Promise<{ question: ApprovalQuestion; etag: string } | null>;
  /** Writes it if it is still as it was read. @returns its new ETag; null where somebody was faster */
  replace(question: ApprovalQuestion, etag: string): Promise<string | null>;
  /** Answers a task token. @returns false where nobody waits for it */
  answer(taskToken: string, answer: ApprovalAnswer): Promise<boolean>;
}

/** @param expiresAt end of the question that is meant, milliseconds since 1970; left out: whichever there is */
export function standingOf(question: ApprovalQuestion | null, now: Date, expiresAt?: number): Standing {
  if (!question) return { kind: 'unknown' };
  const ends = Date.parse(question.expiresAt);
  // A run that asked again has sent new links.
  if (expiresAt !== undefined && expiresAt !== ends) {
    return { kind: 'expired', expiresAt: new Date(expiresAt).toISOString() };
  }
  if (question.status === 'late') return { kind: 'late' };
  if (question.answer) return { kind: 'answered', answer: question.answer };
  return now.getTime() >= ends
    ? { kind: 'expired', expiresAt: question.expiresAt }
    : { kind: 'open', question };
}

/**
 * Decides a question, once: of all who try, the one decides whose write finds the question as it was read. The run
 * hears of it after that; where this is cut short between the two, the next try hands the same answer over.
 */
export async function decideOnce(
  desk: ApprovalDesk,
  runId: string,
  decision: ApprovalDecision,
  now: Date,
): Promise<Ruling> {
  const found = await desk.read(runId);
  const standing = standingOf(found?.question ?? null, now, decision.expiresAt);
  if (standing.kind === 'answered') await desk.answer(found!.question.taskToken, standing.answer);
  if (standing.kind !== 'open') return standing;
  const { question } = standing;
  const answer = answerOf(decision, now);
  const etag = await desk.replace({ ...question, status: 'answered', answer }, found!.etag);
  // Whoever was faster has settled it, or the run has asked again: either is a step on.
  if (etag === null) return decideOnce(desk, runId, decision, now);
  if (await desk.answer(question.taskToken, answer)) return { kind: 'decided', answer };
  await desk.replace({ ...question, status: 'late', answer }, etag);
  return { kind: 'late' };
}

function answerOf({ action, by, reason }: ApprovalDecision, now: Date): ApprovalAnswer {
  const approved = action === 'approve';
  const who = by === BY_LINK ? 'through a link of the mail' : `by ${by}`;
  const message = `the model was ${approved ? 'approved' : 'rejected'} ${who}${reason === null ? '' : `: ${reason}`}`;
  return { approved, by, at: now.toISOString(), reason, message };
}

const MAX_REASON = 500;

/** A reason as it is kept: one line of at most 500 characters, null if nothing was said. */
export function reasonOf(text: string | null | undefined): string | null {
  const line = (text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line === '' ? null : [...line].slice(0, MAX_REASON).join('');
}
