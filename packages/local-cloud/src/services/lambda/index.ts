import type { Lambda } from '@aws-sdk/client-lambda';
import { pathToFileURL } from 'node:url';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { NetworkInterfaces } from '../ec2/interfaces';
import { missingPrincipal } from '../../access/principal-check';
import { page } from '../../core/paging';
import type { Call, Input, Output, Service, ServiceDefinition } from '../../core/service';
import { CodeStore } from './code';
import { concurrencyOperations, tagOperations } from './concurrency';
import { describe, Functions, type FunctionRecord } from './functions';
import { Invoker, readPayload, type AsynchronousInvocation } from './invoker';
import { permissions } from './permissions';
import { assumeFunctionRole } from './process-environment';
import { checkNetwork } from './vpc-check';
import { policyDocument, statementFor, type Statement } from './policy';
import { initialSettings, invalidParameter, refuseUnsupported, updatedSettings } from './settings';
import { functionTypes } from './resources';

export interface LambdaSettings {
  /** Concurrent invocations of one function that reserves none, and of all reservations (default 1,000, the account's quota). */
  maxConcurrency?: number;
  /** Processes of one function (default 32); further invocations wait for a process. */
  maxProcesses?: number;
  /** Seconds after which an idle process ends (default 60). */
  idleSeconds?: number;
}

const PAGE = 50;

/** LogResult returns the last 4 KB of an invocation's log. */
const TAIL_BYTES = 4096;

/**
 * Lambda: runs Node.js functions from zip files, unmodified, each in its own processes with AWS's runtime client.
 * `$LATEST` is the only version.
 */
function create(cloud: Cloud): Service<'lambda'> {
  const { maxConcurrency = 1_000, maxProcesses = 32, idleSeconds = 60 } = cloud.settings.lambda ?? {};
  const options = { maxConcurrency, maxEnvironments: maxProcesses, idleMs: idleSeconds * 1000 };
  const functions = new Functions(cloud);
  const code = new CodeStore(cloud);
  const invoker = new Invoker(cloud, functions, code, options);

  cloud.part(NetworkInterfaces).register(() =>
    functions.all().flatMap(({ arn, settings: { VpcConfig } }) => {
      if (!VpcConfig || VpcConfig.SubnetIds.length === 0) return [];
      return [{ user: arn, subnets: VpcConfig.SubnetIds, securityGroups: VpcConfig.SecurityGroupIds }];
    }),
  );

  cloud.events.registerTarget(
    (arn) => /^arn:aws[a-z-]*:lambda:[^:]*:\d*:function:/.test(arn),
    (delivery) => invoker.deliver(delivery),
  );

  function changed(fn: FunctionRecord): void {
    invoker.retire(fn);
    functions.changed(fn);
  }

  /** Removes a zip file that no function uses. */
  function forgetCode(hash: string): void {
    const isUsed = () => functions.all().some((fn) => fn.code.hash === hash);
    cloud.stores.afterCommit(() => {
      if (!isUsed()) code.remove(hash);
    });
  }

  function checkRevision(fn: FunctionRecord, revisionId: string | undefined): void {
    if (revisionId === undefined || revisionId === fn.revisionId) return;
    const message =
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';
    throw new ServiceError('PreconditionFailedException', message);
  }

  return {
    permissions: permissions(functions),
    resourcePolicy: (arn) => {
      const fn = functions.all().find((each) => each.arn === arn);
      return fn && policyDocument(fn.policy);
    },
    stop: async () => {
      await invoker.stop();
      code.close();
    },
    operations: {
      ...concurrencyOperations(functions, invoker, maxConcurrency),
      ...tagOperations(functions),

      async CreateFunction(input, call) {
        refuseUnsupported(input);
        const { FunctionName = '', Code = {}, Tags = {} } = input;
        functions.assertFree(FunctionName);
        const settings = initialSettings(input);
        const fn = { name: FunctionName, arn: functions.arn(FunctionName), settings };
        checkNetwork(cloud, settings, assumeFunctionRole(cloud, fn));
        if (Code.ImageUri)
          throw notSupported('functions from images', 'Give Code.S3Bucket and Code.S3Key, or Code.ZipFile.');
        const received = await code.receive(Code, call);
        return describe(functions.create(FunctionName, { settings, code: received, tags: Tags }));
      },

      async GetFunction({ FunctionName = '', Qualifier }) {
        const fn = functions.get(FunctionName, Qualifier);
        const location = pathToFileURL(code.file(fn.code.hash)).href;
        return {
          Configuration: describe(fn),
          Code: { RepositoryType: 'S3', Location: location },
          ...(Object.keys(fn.tags).length > 0 && { Tags: fn.tags }),
          ...(fn.reserved !== undefined && {
            Concurrency: { ReservedConcurrentExecutions: fn.reserved },
          }),
        };
      },

      async GetFunctionConfiguration({ FunctionName = '', Qualifier }) {
        return describe(functions.get(FunctionName, Qualifier));
      },

      async ListFunctions({ Marker, MaxItems = PAGE }) {
        const { items, nextToken } = page(
          functions.all(),
          ({ name }) => name,
          Math.min(MaxItems, PAGE),
          Marker,
          invalidParameter,
        );
        return { Functions: items.map(describe), NextMarker: nextToken };
      },

      async UpdateFunctionConfiguration(input) {
        refuseUnsupported(input);
        const fn = functions.get(input.FunctionName!);
        checkRevision(fn, input.RevisionId);
        const settings = updatedSettings(fn.settings, input);
        checkNetwork(cloud, settings, assumeFunctionRole(cloud, { ...fn, settings }));
        fn.settings = settings;
        changed(fn);
        return describe(fn);
      },

      async UpdateFunctionCode(input, call) {
        refuseUnsupported(input);
        const fn = functions.get(input.FunctionName!);
        checkRevision(fn, input.RevisionId);
        const received = await code.receive(input, call);
        if (input.DryRun) return describe({ ...fn, code: received });
        const before = fn.code.hash;
        fn.code = received;
        if (input.Architectures) fn.settings.Architectures = input.Architectures;
        changed(fn);
        forgetCode(before);
        return describe(fn);
      },

      async DeleteFunction({ FunctionName = '', Qualifier }) {
        const fn = functions.get(FunctionName, Qualifier);
        functions.delete(fn);
        invoker.retire(fn);
        forgetCode(fn.code.hash);
        return {};
      },

      async AddPermission(input) {
        const fn = functions.get(input.FunctionName!, input.Qualifier);
        checkRevision(fn, input.RevisionId);
        const statement = statementFor(input, fn.arn);
        if (missingPrincipal(cloud, { Statement: [statement] }) !== undefined) {
          throw invalidParameter(
            'The provided principal was invalid. Please check the principal and try again.',
          );
        }
        if (fn.policy.some(({ Sid }) => Sid === statement.Sid)) {
          const message = `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
          throw new ServiceError('ResourceConflictException', message);
        }
        setPolicy(fn, [...fn.policy, statement]);
        return { Statement: JSON.stringify(statement) };
      },

      async RemovePermission(input) {
        const fn = functions.get(input.FunctionName!, input.Qualifier);
        checkRevision(fn, input.RevisionId);
        const rest = fn.policy.filter(({ Sid }) => Sid !== input.StatementId);
        if (rest.length === fn.policy.length) {
          const message = `Statement ${input.StatementId} is not found in resource policy.`;
          throw new ServiceError('ResourceNotFoundException', message);
        }
        setPolicy(fn, rest);
        return {};
      },

      async GetPolicy({ FunctionName = '', Qualifier }) {
        const fn = functions.get(FunctionName, Qualifier);
        if (fn.policy.length === 0) {
          throw new ServiceError('ResourceNotFoundException', 'The resource you requested does not exist.');
        }
        return { Policy: JSON.stringify(policyDocument(fn.policy)), RevisionId: fn.revisionId };
      },

      async Invoke(input, call) {
        const fn = functions.get(input.FunctionName!, input.Qualifier);
        const type = input.InvocationType ?? 'RequestResponse';
        if (type === 'DryRun') return { StatusCode: 204 };
        const payload = readPayload(await bytesOf(input.Payload), type);
        if (type === 'RequestResponse') return invokeNow(fn, payload, input, call);
        const invocation: AsynchronousInvocation = {
          ...{ targetArn: fn.arn, input: JSON.parse(payload.toString('utf8')), sourceArn: call.sourceArn },
          ...{ from: call.principal, requestId: call.requestId },
        };
        cloud.events.deliver(invocation);
        return { StatusCode: 202 };
      },
    },
  };

  function setPolicy(fn: FunctionRecord, policy: Statement[]): void {
    fn.policy = policy;
    functions.changed(fn);
  }

  async function invokeNow(
    fn: FunctionRecord,
    payload: Buffer,
    input: Input<'lambda', 'Invoke'>,
    call: Call,
  ): Promise<Output<'lambda', 'Invoke'>> {
    const clientContext = input.ClientContext && Buffer.from(input.ClientContext, 'base64').toString('utf8');
    const { requestId, signal } = call;
    const result = await invoker.invoke(fn, { payload, requestId, clientContext, signal }, 'refuse');
    const log = Buffer.from(result.tail);
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      Payload: result.payload,
      ...(result.status !== 'success' && { FunctionError: 'Unhandled' }),
      ...(input.LogType === 'Tail' && { LogResult: log.subarray(-TAIL_BYTES).toString('base64') }),
    };
  }
}

async function bytesOf(
  payload: Input<'lambda', 'Invoke'>['Payload'] | Readable,
): Promise<Buffer | undefined> {
  if (payload === undefined) return undefined;
  return payload instanceof Readable ? buffer(payload) : Buffer.from(payload as Uint8Array);
}

export const lambda: ServiceDefinition<'lambda'> = {
  id: 'lambda',
  facts: {
    package: '@aws-sdk/client-lambda',
    signingName: 'lambda',
    iamPrefix: 'lambda',
    protocol: 'restJson1',
    invalidInput: 'InvalidParameterValueException',
  },
  resourceTypes: functionTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    lambda: Lambda;
  }
}

declare module '../../core/service' {
  interface Settings {
    lambda?: LambdaSettings;
  }
}
