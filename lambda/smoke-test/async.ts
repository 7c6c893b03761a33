import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { goldenBody, readAnswer, type GoldenRequest } from '../../lib/contract/golden';
import type { AsyncEndpoint } from '../shared/async-endpoint';

/** An endpoint that was scaled in to zero starts an instance first, which takes minutes. The function has 10. */
const PATIENCE_MS = 9 * 60_000;
const POLL_MS = 500;

/**
 * Queues a request and waits for the answer, which is returned as it is compared. @throws PipelineError `SmokeTestFailed` for a failure, or without an
 * answer
 */
export async function askQueue(
  endpoint: Pick<AsyncEndpoint, 'submit' | 'result'>,
  name: string,
  request: GoldenRequest,
): Promise<unknown> {
  const id = `smoke-test-${randomUUID()}`;
  await endpoint.submit(id, goldenBody(request), request.contentType);
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const result = await endpoint.result(id);
    if (result.status === 'done') return readAnswer(result.body, result.contentType);
    if (result.status === 'failed') {
      throw new PipelineError(
        ErrorName.SmokeTestFailed,
        `endpoint ${name} failed a golden request (${request.contentType}): ${result.message}`,
      );
    }
    await sleep(POLL_MS);
  }
  throw new PipelineError(
    ErrorName.SmokeTestFailed,
    `endpoint ${name} did not answer the golden request ${id} within ${PATIENCE_MS / 60_000} minutes`,
  );
}
