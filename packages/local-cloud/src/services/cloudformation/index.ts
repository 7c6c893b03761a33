import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Call, Operations as Handlers, Service } from '../../core/service';
import { TemplateError } from '../../templates/template';
import { changeSetOperations } from './change-set-operations';
import { descriptionOperations } from './description-operations';
import { eventOperations } from './event-operations';
import { Operations } from './operations';
import { permissions } from './permissions';
import { stackOperations } from './stack-operations';
import { Stacks } from './stacks';

/**
 * CloudFormation: stacks, change sets, events and rollback, over the resource types in `templates/resources`. It
 * starts last and stops first, since resources need the other services.
 */
export function cloudformation(cloud: Cloud): Service<'cloudformation'> {
  const stacks = new Stacks(cloud);
  const operations = new Operations(stacks);
  return {
    id: 'cloudformation',
    permissions: permissions(stacks),
    operations: withTemplateErrors({
      ...stackOperations(stacks, operations),
      ...changeSetOperations(stacks, operations),
      ...descriptionOperations(stacks, operations),
      ...eventOperations(stacks),
    }),
    start: async () => operations.resumeAll(),
    stop: () => operations.stop(),
  };
}

type AnyHandler = (input: object, call: Call) => Promise<object>;

/** What is wrong with a template is the caller's fault: a ValidationError. */
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
