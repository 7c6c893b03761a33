import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { notSupported, ServiceError } from '../../../model/errors';
import type { Operations } from '../../../core/service';
import { badRequest, refuse } from './requests';
import { newId, type ApiGatewayState, type Authorizer } from './state';

/** The form of CreateAuthorizer's `providerARNs` in the API reference. */
const USER_POOL = /^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+$/;

/** "A request header that is specified as `method.request.header.…`": CreateAuthorizer in the API reference. */
const IDENTITY_SOURCE = /^method\.request\.header\.[\w!#$%&'*+.^`|~-]+$/;

/** Members that a patch replaces (https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html). */
const REPLACED =
  /^\/(authType|authorizerResultTtlInSeconds|identitySource|identityValidationExpression|name)$/;

/** Operations on authorizers, which are those of user pools: authorizers that are functions are refused. */
export function authorizerOperations(state: ApiGatewayState): Operations<'apigateway'> {
  /** The message is that of https://github.com/aws/aws-cdk/issues/13711. */
  function checkName(restApiId: string | undefined, { id, name }: Authorizer): void {
    const others = Object.values(state.authorizers(restApiId)).filter((other) => other.id !== id);
    if (others.some((other) => other.name === name)) {
      throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
    }
  }

  return {
    async CreateAuthorizer(input) {
      const { restApiId, name = '', type, providerARNs = [] } = input;
      if (type !== 'COGNITO_USER_POOLS')
        throw notSupported(`authorizers of the type ${type}`, 'Use COGNITO_USER_POOLS, or AWS_IAM methods.');
      refuse(input, ['authorizerUri', 'authorizerCredentials']);
      const { authType, authorizerResultTtlInSeconds, identityValidationExpression } = input;
      const authorizer: Authorizer = {
        ...{ id: newId(6), name, type, providerARNs },
        authType: authType ?? 'cognito_user_pools',
        identitySource: input.identitySource ?? 'method.request.header.Authorization',
        ...{ authorizerResultTtlInSeconds, identityValidationExpression },
      };
      check(authorizer);
      checkName(restApiId, authorizer);
      state.authorizers(restApiId)[authorizer.id] = authorizer;
      state.changed();
      return authorizer;
    },

    async GetAuthorizer({ restApiId, authorizerId }) {
      return state.authorizer(restApiId, authorizerId);
    },

    async GetAuthorizers({ restApiId }) {
      return { items: Object.values(state.authorizers(restApiId)) };
    },

    async UpdateAuthorizer({ restApiId, authorizerId, patchOperations = [] }) {
      const authorizer = patched(state.authorizer(restApiId, authorizerId), patchOperations);
      check(authorizer);
      checkName(restApiId, authorizer);
      state.authorizers(restApiId)[authorizer.id] = authorizer;
      state.changed();
      return authorizer;
    },

    async DeleteAuthorizer({ restApiId, authorizerId }) {
      const { id, name } = state.authorizer(restApiId, authorizerId);
      const user = Object.values(state.api(restApiId).definition.resources).find(({ methods }) =>
        Object.values(methods).some((method) => method.authorizerId === id),
      );
      if (user) {
        const message = `Cannot delete authorizer '${name}', is referenced in method of ${user.path}`;
        throw new ServiceError('ConflictException', message);
      }
      delete state.authorizers(restApiId)[id];
      state.changed();
      return {};
    },
  };
}

function check({ providerARNs, identitySource = '' }: Authorizer): void {
  const bad = providerARNs.find((arn) => !USER_POOL.test(arn));
  if (bad !== undefined || providerARNs.length === 0) {
    const form = 'arn:aws:cognito-idp:<region>:<account>:userpool/<id>';
    throw badRequest(`Invalid provider ARN '${bad ?? ''}': list user pools, as ${form}`);
  }
  if (!IDENTITY_SOURCE.test(identitySource)) {
    throw badRequest(`Invalid identity source '${identitySource}': use method.request.header.<name>`);
  }
}

function patched(authorizer: Authorizer, patches: readonly PatchOperation[]): Authorizer {
  const changed = structuredClone(authorizer);
  for (const { op, path = '', value = '' } of patches) {
    const isPool = path === '/providerARNs';
    if (isPool && op === 'add') changed.providerARNs.push(value);
    else if (isPool && op === 'remove')
      changed.providerARNs = changed.providerARNs.filter((arn) => arn !== value);
    else if (op === 'replace' && REPLACED.test(path)) {
      const isNumber = path === '/authorizerResultTtlInSeconds';
      Object.assign(changed, { [path.slice(1)]: isNumber ? Number(value) : value });
    } else {
      throw notSupported(
        `the patch op '${op}' on ${path} of an authorizer`,
        'Replace /name, /identitySource, /identityValidationExpression, /authType or /authorizerResultTtlInSeconds; add or remove /providerARNs.',
      );
    }
  }
  return changed;
}
