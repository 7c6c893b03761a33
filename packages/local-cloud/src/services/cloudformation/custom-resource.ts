import {
  generatedName,
  type Created,
  type Existing,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';
import { notSupported, ServiceError } from '../../model/errors';
import { CustomRequests, type CustomRequest } from './custom-requests';
import type { CustomResponse } from './custom-response';

const MAX_SECONDS = 3600;

/**
 * `AWS::CloudFormation::CustomResource` and every `Custom::…`: a function of the account creates, changes and deletes the
 * resource, and answers to the request's URL (User Guide, "Create custom provisioning logic with custom resources").
 */
export const customResource: ResourceType = {
  custom: true,
  properties: ['ServiceTimeout', 'ServiceToken'],

  async create(properties, context) {
    // The Delete of a request without an answer has a name that CloudFormation makes
    // (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1814).
    const generated = generatedName(context, 255);
    const ask = await send(properties, context, { RequestType: 'Create' });
    context.made({ physicalId: generated });
    const answer = await ask.response;
    context.made({ physicalId: answer.physicalId ?? generated });
    return accepted(answer, ask.id);
  },

  async update(properties, context, before) {
    if (properties.ServiceToken !== before.properties.ServiceToken)
      throw new ServiceError('InvalidRequest', 'Modifying service token is not allowed.');
    const { id, response } = await send(properties, context, {
      RequestType: 'Update',
      PhysicalResourceId: before.physicalId,
      OldResourceProperties: asText(before.properties),
    });
    const answer = await response;
    // Also the id of a failed update counts (https://github.com/aws/aws-cdk/issues/13527).
    if (answer.physicalId !== undefined) context.made({ physicalId: answer.physicalId });
    return accepted(answer, id);
  },

  async delete({ physicalId, properties }: Existing, context) {
    const { id, response } = await send(properties, context, {
      RequestType: 'Delete',
      PhysicalResourceId: physicalId,
    });
    accepted(await response, id);
  },
};

function send(
  properties: Properties,
  { cloud, caller, logicalId, operation }: ResourceContext,
  request: Pick<CustomRequest, 'RequestType' | 'PhysicalResourceId' | 'OldResourceProperties'>,
) {
  if (!operation) throw new Error('A custom resource needs a stack operation.');
  const { stackId, type, signal } = operation;
  return cloud.part(CustomRequests).send(
    {
      ...request,
      ServiceToken: functionOf(properties),
      ...{ StackId: stackId, ResourceType: type, LogicalResourceId: logicalId },
      ResourceProperties: asText(properties),
    },
    { caller, signal, timeoutSeconds: timeoutOf(properties) },
  );
}

/** The reasons are seen in https://github.com/remind101/empire/issues/918 and CloudFormation's events. */
function accepted({ status, reason, physicalId, data }: CustomResponse, requestId: string): Created {
  if (physicalId === undefined) throw new Error('Invalid PhysicalResourceId');
  if (status === 'SUCCESS') return { physicalId, attributes: data };
  throw new Error(
    `Received response status [FAILED] from custom resource. Message returned: ${reason} (RequestId: ${requestId})`,
  );
}

function functionOf({ ServiceToken }: Properties): string {
  const token = String(ServiceToken ?? '');
  if (/^arn:aws[a-z-]*:lambda:/.test(token)) return token;
  if (/^arn:aws[a-z-]*:sns:/.test(token))
    throw notSupported(
      `the topic '${token}' as the ServiceToken of a custom resource`,
      'Use a Lambda function.',
    );
  throw new Error(`Invalid service token '${token}': use the ARN of a Lambda function.`);
}

function timeoutOf({ ServiceTimeout = MAX_SECONDS }: Properties): number {
  const seconds = Number(ServiceTimeout);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new Error(
    `Invalid ServiceTimeout ${JSON.stringify(ServiceTimeout)}: use a whole number of seconds from 1 to ${MAX_SECONDS}.`,
  );
}

/** Returns properties as a request has them: numbers and booleans are text, at any depth. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return value === null ? value : String(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, asText(member)]),
  );
}
