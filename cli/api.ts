import { setTimeout as sleep } from 'node:timers/promises';
import { readAnswer } from '../lib/contract/golden';
import { acceptHeader } from '../lib/contract/model';
import { OperatorError } from './errors';
import type { Sign } from './signing';

/** URL of `POST /predict`, and what its requests need. */
export interface Api {
  readonly url: string;
  readonly key: string;
  /** Further headers, by name in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs requests to an API with the authorizer `iam`. */
  readonly sign?: Sign;
}

/** A request of any content. */
export interface ApiRequest {
  /** Media type, perhaps with parameters. */
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** The body as it is compared with a golden answer: JSON, text or base64, without the API's own member `variant`. */
  readonly answer: unknown;
  /** Variant that answered. */
  readonly variant: string | null;
}

/** More than API Gateway's integration timeout, 29 s. */
const TIMEOUT_MS = 35_000;
/** An asynchronous endpoint that was scaled in to zero starts an instance first, which takes minutes. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Calls the API as any client does, and waits for the result of an asynchronous endpoint.
 *
 * @param returns media types of the model's answers
 * @throws OperatorError if there is no answer
 */
export async function askApi(
  { url, key, headers: more, sign }: Api,
  { contentType, body }: ApiRequest,
  { returns, pollMs }: { readonly returns: readonly string[]; readonly pollMs: number },
): Promise<ApiAnswer> {
  const headers = { ...more, 'x-api-key': key, accept: acceptHeader(returns) };
  const given = await call(sign, {
    ...{ url, method: 'POST' },
    headers: { ...headers, 'content-type': contentType },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  if (given.status !== 202) return given;
  const { id } = given.answer as { id: string };
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const result = await call(sign, { url: `${url}/${id}`, method: 'GET', headers });
    if (result.status !== 202) return result;
    if (Date.now() > deadline) {
      throw new OperatorError(
        `the model did not answer request ${id} within ${PATIENCE_MS / 60_000} minutes; read GET /predict/${id} later.`,
      );
    }
    await sleep(pollMs);
  }
}

async function call(sign: Sign | undefined, request: Parameters<Sign>[0]): Promise<ApiAnswer> {
  const { url, method, body: sent } = request;
  const headers = sign ? await sign(request) : request.headers;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, { method, headers, body: sent, signal });
    const contentType = response.headers.get('content-type') ?? 'application/json';
    const body = Buffer.from(await response.arrayBuffer());
    const { answer, variant } = withoutVariant(readAnswer(body, contentType));
    return {
      ...{ status: response.status, contentType, body, answer },
      variant: variant ?? response.headers.get('x-variant'),
    };
  } catch (error) {
    const { cause, message } = error as Error;
    throw new OperatorError(`the API at ${url} did not answer: ${String(cause ?? message)}.`);
  }
}

/** The API adds the variant to a JSON object. */
function withoutVariant(answer: unknown): { answer: unknown; variant?: string } {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return { answer };
  const { variant, ...rest } = answer as Record<string, unknown>;
  return typeof variant === 'string' ? { answer: rest, variant } : { answer };
}
