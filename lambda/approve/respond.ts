import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import {
  BY_LINK,
  decideOnce,
  reasonOf,
  questionState,
  type ApprovalDesk,
  type Ruling,
} from '../../lib/contract/approval';
import { readLink, type SignedLink } from '../shared/approval-link';
import { notePage, questionPage } from './page';

export interface Surroundings {
  readonly desk: ApprovalDesk;
  readonly links: { isGenuine(link: SignedLink): Promise<boolean> };
  readonly now: Date;
}

type Request = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'queryStringParameters' | 'body' | 'isBase64Encoded'
>;

/** Answers a request. A GET changes nothing: mail scanners open every link. */
export async function respond(
  request: Request,
  { desk, links, now }: Surroundings,
): Promise<APIGatewayProxyResult> {
  const link = readLink(request.queryStringParameters);
  // Checked before the run is read: without a genuine link, the answer is the same for every run.
  if (!link || !(await links.isGenuine(link))) {
    return notePage(
      403,
      'Invalid link',
      'This link is damaged or was not sent by this system; nothing was changed.',
    );
  }
  const { runId, action } = link;
  const expiresAt = link.expires * 1000;
  if (request.httpMethod === 'POST') {
    const decision = { action, by: BY_LINK, reason: givenReason(request), expiresAt };
    return rulingPage(await decideOnce(desk, runId, decision, now));
  }
  const found = await desk.read(runId);
  const state = questionState(found?.question ?? null, now, expiresAt);
  return state.kind === 'open' ? questionPage(state.question, action) : rulingPage(state);
}

function rulingPage(ruling: Ruling): APIGatewayProxyResult {
  switch (ruling.kind) {
    case 'decided':
      return ruling.answer.approved
        ? notePage(200, 'Approved', 'The model is approved, and the run continues to deploy it.')
        : notePage(200, 'Rejected', 'The model is rejected, and the run ends; production is unchanged.');
    case 'answered': {
      const { at, message } = ruling.answer;
      return notePage(410, 'Already answered', `Nothing was changed: ${message}, at ${at}.`);
    }
    case 'late':
      return notePage(
        410,
        'Too late',
        'The run no longer waits for an answer: it was stopped, or the question expired.',
      );
    case 'expired':
      return notePage(410, 'Link expired', `This link expired at ${ruling.expiresAt}; nothing was changed.`);
    case 'unknown':
      return notePage(404, 'Unknown run', 'This run has no question; nothing was changed.');
  }
}

function givenReason({ body, isBase64Encoded }: Request): string | null {
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString('utf8');
  return reasonOf(new URLSearchParams(text).get('reason'));
}
