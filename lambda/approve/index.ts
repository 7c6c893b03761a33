import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { LambdaVariable } from '../../lib/contract/environment';
import { variable } from '../shared/environment';
import { Bucket } from '../shared/s3';
import { Desk } from './desk';
import { LinkVerifier } from './kms';
import { notePage } from './page';
import { respond } from './respond';

const desk = new Desk(new Bucket(variable(LambdaVariable.ArtifactsBucket)));
const links = new LinkVerifier(variable(LambdaVariable.ApprovalKey));

/** Handles an approver's links: GET shows the question, POST answers it. Addresses are never logged. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  try {
    return await respond(event, { desk, links, now: new Date() });
  } catch (error) {
    console.error(JSON.stringify({ level: 'ERROR', message: 'approval failed', error: String(error) }));
    return notePage(500, 'Internal error', 'The request failed; nothing was changed. Try again in a moment.');
  }
}
