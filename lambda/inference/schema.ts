import type { APIGatewayProxyResult } from 'aws-lambda';
import { describeSchema } from '../../containers/table/describe.ts';
import type { Encoding } from '../../containers/table/encoding.ts';
import { layout } from '../../lib/contract/layout';
import type { Champion } from '../../lib/contract/run';
import type { Bucket } from '../shared/s3';
import { whenAbsent } from './absence';
import { ApiError } from './errors';

/**
 * Returns the inputs and outputs of the model in production, with an example.
 *
 * @throws ApiError `EndpointUnavailable` without a model, or with one that has no table schema
 */
export async function answerSchema(artifacts: Pick<Bucket, 'json'>): Promise<APIGatewayProxyResult> {
  const champion = await artifacts.json<Champion>(layout.champion);
  const encoding = champion && (await artifacts.json<Encoding>(layout.encoding(champion.runId)));
  if (!champion) throw new ApiError('EndpointUnavailable', whenAbsent());
  if (!encoding) {
    throw new ApiError(
      'EndpointUnavailable',
      `the model ${champion.runId} was trained without a table schema; there is none to return`,
    );
  }
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ modelVersion: champion.runId, ...describeSchema(encoding) }),
  };
}
