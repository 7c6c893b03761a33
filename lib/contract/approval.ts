import type { Verdict } from './gate';
import type { Metrics, PinnedObject } from './run';

/** The state in which a run waits for approval; command-line output names the next step there. */
export const APPROVAL_STATE = 'Ask for approval';

export const APPROVAL_ACTIONS = ['approve', 'reject'] as const;
export type ApprovalAction = (typeof APPROVAL_ACTIONS)[number];

/** Answerer of a decision through a link: a topic sends all its addresses the same mail, so the person is unknown. */
export const BY_LINK = 'link';

/** Result of the task token; the variable `$approval` of the state machine. */
export interface ApprovalAnswer {
  readonly approved: boolean;
  /** {@link BY_LINK}, or the ARN of the command line's caller; null where the question expired. */
  readonly by: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string | null;
  /** Decision, answerer and reason in one sentence without a full stop. */
  readonly message: string;
}

/** Facts about a candidate for the approver: the gate's findings and the model's inputs. */
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
  /** Null for data that are no table. */
  readonly schema: PinnedObject | null;
  readonly data: {
    readonly objects: number;
    readonly bytes: number;
    /** The first few objects; the manifest lists all. */
    readonly first: readonly PinnedObject[];
    /** `s3://` address of the manifest. */
    readonly manifest: string;
  };
}

/** A question that a run waits for, `approval.json`: the question, its task token and its status. */
export interface ApprovalQuestion {
  readonly runId: string;
  readonly executionArn: string;
  readonly environment: string;
  readonly model: string;
  readonly taskToken: string;
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  /** ISO 8601, UTC, in whole seconds: links name it, so that links of an earlier question are recognized. */
  readonly expiresAt: string;
  /** `late`: answered after the run had ended. */
  readonly status: 'waiting' | 'answered' | 'late';
  readonly answer: ApprovalAnswer | null;
  readonly report: ModelReport;
}

/** A decision by a person. */
export interface ApprovalDecision {
  readonly action: ApprovalAction;
  /** {@link BY_LINK} or an ARN. */
  readonly by: string;
  readonly reason: string | null;
  /** Expiry of the question that is answered; left out: the open one. Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** State of a question. */
export type QuestionState =
  | { readonly kind: 'open'; readonly question: ApprovalQuestion }
  | { readonly kind: 'answered'; readonly answer: ApprovalAnswer }
  /** No run waits any more: it was stopped, or the question expired. */
  | { readonly kind: 'late' }
  | { readonly kind: 'expired'; readonly expiresAt: string }
  | { readonly kind: 'unknown' };

/** An answer that was given now, or the question's state that prevented it. */
export type Ruling =
  | { readonly kind: 'decided'; readonly answer: ApprovalAnswer }
  | Exclude<QuestionState, { kind: 'open' }>;

/** Storage of questions and receiver of answers. */
export interface ApprovalDesk {
  /** Reads a run's question. @returns null where the run has none */
  read(runId: string): Promise<{ question: ApprovalQuestion; etag: string } | null>;
  /**
   * Writes the question if it is unchanged since it was read. @returns its new ETag; null if another write came first
   */
  replace(question: ApprovalQuestion, etag: string): Promise<string | null>;
  /** Answers a task token. @returns false where no task waits for it */
  answer(taskToken: string, answer: ApprovalAnswer): Promise<boolean>;
}

/**
 * Returns the state of a question. @param expiresAt expiry of the question meant, milliseconds since 1970; left out:
 * any
 */
export function questionState(
  question: ApprovalQuestion | null,
  now: Date,
  expiresAt?: number,
): QuestionState {
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
 * Decides a question, once: of several concurrent decisions, the one whose write finds the question unchanged wins. The
 * run is notified after that; if the function ends between the two steps, the next try sends the same answer.
 */
export async function decideOnce(
  desk: ApprovalDesk,
  runId: string,
  decision: ApprovalDecision,
  now: Date,
): Promise<Ruling> {
  const found = await desk.read(runId);
  const state = questionState(found?.question ?? null, now, decision.expiresAt);
  if (state.kind === 'answered') await desk.answer(found!.question.taskToken, state.answer);
  if (state.kind !== 'open') return state;
  const { question } = state;
  const answer = answerOf(decision, now);
  const etag = await desk.replace({ ...question, status: 'answered', answer }, found!.etag);
  // Another decision was written first, or the run has asked again: the next attempt reads a newer question.
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

/** Returns a reason as it is stored: one line of at most 500 characters, null if it is empty. */
export function reasonOf(text: string | null | undefined): string | null {
  const line = (text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line === '' ? null : [...line].slice(0, MAX_REASON).join('');
}
