import { createHash } from 'node:crypto';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { ApprovalAction, ApprovalQuestion } from '../../lib/contract/approval';
import { reportSections, type ReportSection } from '../shared/approval-report';

const STYLE = `
body{font:1rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:46rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1.5rem 0}caption{text-align:left;font-weight:bold}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-top:1px solid #ccc;overflow-wrap:anywhere}
th{font-weight:normal;color:#444;width:14rem}label{display:block}
input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem;border:1px solid #666}
button{font:inherit;margin:1rem 0;padding:.6rem 1.5rem;border:0;border-radius:.3rem;color:#fff;background:#0b5394}
button.reject{background:#990000}:focus-visible{outline:3px solid #d98200;outline-offset:2px}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * The address holds a signature: the page must not be stored or framed, and must not send the address as a referrer.
 */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; ` +
    "base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

const VERBS: Record<ApprovalAction, string> = { approve: 'Approve', reject: 'Reject' };

/** Returns the question, with one button. The form posts to the page's own address, which holds the decision. */
export function questionPage(
  { runId, environment, expiresAt, report }: ApprovalQuestion,
  action: ApprovalAction,
): APIGatewayProxyResult {
  const verb = VERBS[action];
  const consequence =
    action === 'approve'
      ? 'The run continues and deploys the model.'
      : 'The run ends; the model in production is unchanged.';
  return page(
    200,
    `${verb} the model of ${runId}?`,
    `<p>Environment ${escape(environment)}. ${escape(report.reason)}.</p>
<form method="post">
<label for="reason">Reason (optional)</label>
<input id="reason" name="reason" maxlength="500" autocomplete="off">
<button type="submit" class="${action}">${verb} this model</button>
</form>
<p>${consequence} Nothing is decided until you press the button; the question expires at ${escape(expiresAt)}.</p>
${reportSections(report).map(table).join('\n')}`,
  );
}

/** Returns a page of one sentence. */
export function notePage(statusCode: number, title: string, sentence: string): APIGatewayProxyResult {
  return page(statusCode, title, `<p>${escape(sentence)}</p>`);
}

function page(statusCode: number, title: string, body: string): APIGatewayProxyResult {
  return {
    statusCode,
    headers: HEADERS,
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`,
  };
}

function table({ title, rows }: ReportSection): string {
  const lines = rows.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`,
  );
  return `<table>\n<caption>${escape(title)}</caption>\n${lines.join('\n')}\n</table>`;
}

/** Returns the text escaped for HTML, in elements and in quoted attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
