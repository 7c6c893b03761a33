import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Call, Operations as Handlers, Service, ServiceDefinition } from '../../core/service';
import { TemplateError } from '../../templates/template';
import { changeSetOperations } from './change-set-operations';
import { CustomRequests, RESPONSE_HOST } from './custom-requests';
import { descriptionOperations } from './description-operations';
import { eventOperations } from './event-operations';
import { Operations } from './operations';
import { permissions } from './permissions';
import { ownTypes } from './resources';
import { stackOperations } from './stack-operations';
import { Stacks } from './stacks';

/**
 * CloudFormation: stacks, change sets, events and rollback, with the resource types of all services. It starts last and
 * stops first, since resources need the other services.
 */
function create(cloud: Cloud): Service<'cloudformation'> {
  const stacks = new Stacks(cloud);
  const operations = new Operations(stacks);
  return {
    permissions: permissions(stacks),
    operations: withTemplateErrors({
      ...stackOperations(stacks, operations),
      ...changeSetOperations(stacks, operations),
      ...descriptionOperations(stacks, operations),
      ...eventOperations(stacks),
    }),
    host: { prefix: RESPONSE_HOST, answer: (request) => cloud.part(CustomRequests).respond(request) },
    start: async () => operations.resumeAll(),
    stop: () => operations.stop(),
  };
}

type AnyHandler = (input: object, call: Call) => Promise<object>;

/** Turns errors of a template into ValidationErrors. */
function withTemplateErrors(handlers: Handlers<'cloudformation'>): Handlers<'cloudformation'> {
  const wrapped = Object.entries(handlers as Record<string, AnyHandler>).map(
    ([name, handler]): [string, AnyHandler] => [
      name,
      async (input, call) => {
        try {
          return await handler(input, call);
        } catch (error) {
          if (error instanceof TemplateError) throw new ServiceError('ValidationError', error.message);
          throw error;
        }
      },
    ],
  );
  return Object.fromEntries(wrapped);
}

export const cloudformation: ServiceDefinition<'cloudformation'> = {
  id: 'cloudformation',
  facts: {
    package: '@aws-sdk/client-cloudformation',
    signingName: 'cloudformation',
    iamPrefix: 'cloudformation',
    protocol: 'awsQuery',
    xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    version: '2010-05-15',
    invalidInput: 'ValidationError',
  },
  resourceTypes: ownTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    cloudformation: CloudFormation;
  }
}
