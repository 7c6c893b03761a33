import type { Service } from '../../core/service';
import { passTo } from '../../core/pass-role';
import type { Functions } from './functions';

/** The IAM actions and resource ARNs that each operation needs. */
export function permissions(functions: Functions): Service<'lambda'>['permissions'] {
  const on = (action: string) => (input: { FunctionName: string | undefined }) => {
    const reference = input.FunctionName ?? '*';
    const arn = reference.startsWith('arn:') ? reference : functions.arn(reference);
    return { action: `lambda:${action}`, resources: [arn] };
  };
  const onTagged = (action: string) => (input: { Resource: string | undefined }) => ({
    action: `lambda:${action}`,
    resources: [input.Resource ?? '*'],
  });
  const passRole = (role = '') => passTo(role, 'lambda.amazonaws.com');
  return {
    CreateFunction: (input) => [on('CreateFunction')(input), passRole(input.Role)],
    UpdateFunctionConfiguration: (input) => [
      on('UpdateFunctionConfiguration')(input),
      ...(input.Role === undefined ? [] : [passRole(input.Role)]),
    ],
    UpdateFunctionCode: on('UpdateFunctionCode'),
    GetFunction: on('GetFunction'),
    GetFunctionConfiguration: on('GetFunctionConfiguration'),
    DeleteFunction: on('DeleteFunction'),
    PutFunctionConcurrency: on('PutFunctionConcurrency'),
    GetFunctionConcurrency: on('GetFunctionConcurrency'),
    DeleteFunctionConcurrency: on('DeleteFunctionConcurrency'),
    TagResource: onTagged('TagResource'),
    UntagResource: onTagged('UntagResource'),
    ListTags: onTagged('ListTags'),
    AddPermission: on('AddPermission'),
    RemovePermission: on('RemovePermission'),
    GetPolicy: on('GetPolicy'),
    Invoke: on('InvokeFunction'),
  };
}
