import { APIGateway, type PutMethodCommandInput } from '@aws-sdk/client-api-gateway';
import { Lambda } from '@aws-sdk/client-lambda';
import { request } from 'node:http';
import { policyAuthorizer } from '../../../src/access/authorizer';
import type { CloudOptions } from '../../../src/core/cloud';
import { apigateway } from '../../../src/services/apigateway';
import { RestFront } from '../../../src/services/apigateway/front/front';
import { lambda } from '../../../src/services/lambda';
import { logs } from '../../../src/services/logs';
import { ADMINISTRATOR, ROLE, zip } from '../lambda/functions';
import { putRole } from '../../access/roles';
import { testCloud, type TestCloud } from '../../support/test-cloud';

export const ACCOUNT = '123456789012';

export interface FrontFixture {
  here: TestCloud;
  gateway: RestFront;
  client: APIGateway;
  functions: Lambda;
}

export async function frontFixture(options: Partial<CloudOptions> = {}): Promise<FrontFixture> {
  const here = await testCloud([logs, lambda, apigateway], { authorizer: policyAuthorizer, ...options });
  const services = ['apigateway.amazonaws.com', 'lambda.amazonaws.com'];
  putRole(here.cloud, ROLE, { services, managedPolicyArns: [ADMINISTRATOR] });
  const client = new APIGateway(here.client);
  const patchOperations = [{ op: 'replace' as const, path: '/cloudwatchRoleArn', value: ROLE }];
  await client.updateAccount({ patchOperations });
  return {
    here,
    // A new one after a restart.
    get gateway() {
      return here.cloud.part(RestFront);
    },
    client,
    functions: new Lambda(here.client),
  };
}

/** Creates a function that API Gateway may call for any API, stage and method. */
export async function createFunction(
  { functions }: FrontFixture,
  name: string,
  code: string,
): Promise<string> {
  const { FunctionArn } = await functions.createFunction({
    FunctionName: name,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: ROLE,
    Timeout: 10,
    Code: { ZipFile: zip({ 'index.js': code }) },
  });
  await functions.addPermission({
    FunctionName: name,
    StatementId: 'front',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:*/*/*`,
  });
  return FunctionArn!;
}

export const integrationUri = (functionArn: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

export interface ApiMethod extends Partial<PutMethodCommandInput> {
  path: string;
  functionArn: string;
  timeoutInMillis?: number;
}

/** Creates resources and methods; returns the resources' ids by path. */
export async function addMethods(client: APIGateway, restApiId: string, methods: ApiMethod[]): Promise<void> {
  for (const { path, functionArn, timeoutInMillis, ...settings } of methods) {
    const httpMethod = settings.httpMethod ?? 'POST';
    const resourceId = await resourceAt(client, restApiId, path);
    const key = { restApiId, resourceId, httpMethod };
    await client.putMethod({ authorizationType: 'NONE', ...settings, ...key });
    await client.putIntegration({
      ...key,
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      uri: integrationUri(functionArn),
      timeoutInMillis,
    });
  }
}

async function resourceAt(client: APIGateway, restApiId: string, path: string): Promise<string> {
  const { items = [] } = await client.getResources({ restApiId, limit: 500 });
  const known = items.find((resource) => resource.path === path);
  if (known) return known.id!;
  const slash = path.lastIndexOf('/');
  const parentId = await resourceAt(client, restApiId, path.slice(0, slash) || '/');
  return (await client.createResource({ restApiId, parentId, pathPart: path.slice(slash + 1) })).id!;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends one request with exactly these headers; `fetch` would add its own. */
export function send(
  url: string,
  {
    method = 'POST',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
