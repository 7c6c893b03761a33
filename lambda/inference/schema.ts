import type { APIGatewayProxyResult } from 'aws-lambda';
import { describeSchema } from '../../containers/table/describe.ts';
import type { Encoding } from '../../containers/table/encoding.ts';
import type { GoldenRequest } from '../../lib/contract/golden';
import { GOLDEN_FILE, layout } from '../../lib/contract/layout';
import type { ModelFacts } from '../../lib/contract/model';
import type { Champion } from '../../lib/contract/run';
import type { Bucket } from '../shared/s3';
import { whenLost } from './absence';
import { ApiError } from './errors';

/**
 * Returns the inputs and outputs of the model in production, with an example: of a table its columns, of other models
 * the content types and a golden request.
 *
 * @throws ApiError `EndpointUnavailable` without a model
 */
export async function answerSchema(
  artifacts: Pick<Bucket, 'json'>,
  { api: { accepts, returns }, data }: Pick<ModelFacts, 'api' | 'data'>,
): Promise<APIGatewayProxyResult> {
  const champion = await artifacts.json<Champion>(layout.champion);
  if (!champion) throw new ApiError('EndpointUnavailable', whenLost(null));
  const { runId } = champion;
  // The function's role may read only what its model has.
  const encoding = data.check === 'table' ? await artifacts.json<Encoding>(layout.encoding(runId)) : null;
  const described = encoding
    ? describeSchema(encoding)
    : {
        accepts: accepts.map(({ contentType, binary, schema }) => ({ contentType, binary, schema })),
        returns,
        example:
          (await artifacts.json<GoldenRequest[]>(`${layout.evaluation(runId)}${GOLDEN_FILE}`))?.[0] ?? null,
      };
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ modelVersion: runId, ...described }),
  };
}
