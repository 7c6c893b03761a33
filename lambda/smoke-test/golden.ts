import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { mediaTypeOf } from '../../lib/contract/model';
import { answerDifference, type GoldenRequest } from '../../lib/contract/golden';

/**
 * Checks the golden requests before any is sent.
 *
 * @param golden null if there is no file
 * @param accepted content types of the API: a model that only its endpoint can be asked is not in service
 * @throws PipelineError `SmokeTestFailed` if there is none, or one has another content type
 */
export function checkRequests(
  golden: readonly GoldenRequest[] | null,
  source: string,
  accepted: readonly string[],
): readonly GoldenRequest[] {
  // A program may write anything.
  if (!golden || !(golden.length > 0)) {
    throw failed(
      `${source} ${golden === null ? 'does not exist' : 'has no request'}; the serving program writes at least one ` +
        'with the argument evaluate',
    );
  }
  const requests = golden as readonly GoldenRequest[];
  const index = requests.findIndex(({ contentType }) => !accepted.includes(mediaTypeOf(String(contentType))));
  if (index < 0) return requests;
  throw failed(
    `golden request ${index} has the content type ${JSON.stringify(requests[index]!.contentType)}; must be ` +
      `${accepted.join(' or ')}, as api.accepts of the model says`,
  );
}

/** Checks an answer. @throws PipelineError `SmokeTestFailed` naming variant, request, expected and given answer */
export function checkAnswer(
  golden: GoldenRequest,
  answer: unknown,
  { variant, index, tolerance }: { variant: string; index: number; tolerance: number },
): void {
  const difference = answerDifference(golden.answer, answer, tolerance);
  if (difference === undefined) return;
  throw failed(`variant ${variant}: golden request ${index} (${golden.contentType}): ${difference}`);
}

function failed(message: string): PipelineError {
  return new PipelineError(ErrorName.SmokeTestFailed, message);
}
