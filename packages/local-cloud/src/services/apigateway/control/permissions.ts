import type { Cloud } from '../../../core/cloud';
import type { Input, Operations, Permission, Service } from '../../../core/service';
import { passTo } from '../../../core/pass-role';

/**
 * Returns the permissions of API Gateway's operations. Its IAM actions are HTTP methods, and its resources the paths of
 * its REST interface: `apigateway:POST` on `arn:aws:apigateway:<region>::/restapis`.
 */
export function permissions(
  cloud: Cloud,
  operations: Operations<'apigateway'>,
): Service<'apigateway'>['permissions'] {
  const needed = Object.keys(operations).map((name) => {
    const permission = (input: object): Permission[] => {
      const [method, uri] = cloud.services.model('apigateway')!.operations.get(name)!.http!;
      const resource = `arn:aws:apigateway:${cloud.region}::${fill(uri, input as Record<string, string>)}`;
      return [
        { action: `apigateway:${method}`, resources: [resource] },
        ...(name === 'UpdateAccount' ? passedRoles(input) : []),
      ];
    };
    return [name, permission] as const;
  });
  return Object.fromEntries(needed);
}

/** Returns the account's role for logs, if the patches set one. */
function passedRoles({
  patchOperations = [],
}: Input<'apigateway', 'UpdateAccount'> | { patchOperations?: [] }) {
  return patchOperations.flatMap(({ path, value }) =>
    path === '/cloudwatchRoleArn' && value ? [passTo(value, 'apigateway.amazonaws.com')] : [],
  );
}

function fill(uri: string, input: Readonly<Record<string, string>>): string {
  return uri.split('?')[0]!.replace(/\{(\w+)\+?\}/g, (_, name: string) => input[name] ?? '*');
}
