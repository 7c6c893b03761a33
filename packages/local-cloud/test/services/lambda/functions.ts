import { zipSync, strToU8 } from 'fflate';
import { Lambda, type CreateFunctionCommandInput, type InvokeCommandInput } from '@aws-sdk/client-lambda';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { lambda, type LambdaSettings } from '../../../src/services/lambda';
import { logs } from '../../../src/services/logs';
import { s3 } from '../../../src/services/s3';
import { sns } from '../../../src/services/sns';
import { ssm } from '../../../src/services/ssm';
import { putRole } from '../../access/roles';
import { testCloud, type TestCloud } from '../../support/test-cloud';

export const ROLE = 'arn:aws:iam::123456789012:role/fn';
export const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** Returns a zip file of the given texts by path. */
export function zip(files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

export interface LambdaCloud {
  here: TestCloud;
  client: Lambda;
  /** Creates a function whose `index.js` is this text. */
  create(name: string, code: string, settings?: Partial<CreateFunctionCommandInput>): Promise<string>;
  /** Invokes a function with a JSON value, and parses its response. */
  invoke(
    name: string,
    event?: unknown,
    input?: Partial<InvokeCommandInput>,
  ): Promise<{ answer: unknown; error?: string; log: string }>;
}

/** Opens a cloud with Lambda and the services that test functions use. */
export async function lambdaCloud(settings?: LambdaSettings): Promise<LambdaCloud> {
  const here = await testCloud([logs, s3, sns, ssm, lambda], {
    authorizer: policyAuthorizer,
    settings: { lambda: settings },
  });
  putRole(here.cloud, ROLE, { services: ['lambda.amazonaws.com'], managedPolicyArns: [ADMINISTRATOR] });
  const result: LambdaCloud = {
    here,
    client: new Lambda(here.client),
    async create(FunctionName, code, settings = {}) {
      const { FunctionArn } = await result.client.createFunction({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: ROLE,
        Code: { ZipFile: zip({ 'index.js': code }) },
        ...settings,
      });
      return FunctionArn!;
    },
    async invoke(FunctionName, event = {}, input = {}) {
      const Payload = JSON.stringify(event);
      const answer = await result.client.invoke({ FunctionName, Payload, LogType: 'Tail', ...input });
      return {
        answer: JSON.parse(answer.Payload!.transformToString()) as unknown,
        error: answer.FunctionError,
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
      };
    },
  };
  return result;
}
