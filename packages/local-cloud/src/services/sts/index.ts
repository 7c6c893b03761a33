import type { STS } from '@aws-sdk/client-sts';
import { Roles } from '../../access/roles';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Service, ServiceDefinition } from '../../core/service';

const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
/** A role's MaxSessionDuration if it sets none (API reference, CreateRole). */
const DEFAULT_MAX_SESSION = 3_600;

/**
 * STS: the caller's identity, and sessions of roles. Authorization checks that the role exists and trusts the caller.
 */
function create(cloud: Cloud): Service<'sts'> {
  return {
    permissions: {
      // Needs no permission: AWS answers it even if a policy denies it.
      GetCallerIdentity: () => [],
      AssumeRole: ({ RoleArn = '' }) => ({ action: 'sts:AssumeRole', resources: [RoleArn] }),
    },
    operations: {
      async GetCallerIdentity(_input, { principal }) {
        return { Account: principal.account, Arn: principal.arn, UserId: principal.userId };
      },

      async AssumeRole({ RoleArn = '', RoleSessionName = '', DurationSeconds = 3600, ...others }) {
        if (DurationSeconds < MIN_SECONDS || DurationSeconds > MAX_SECONDS) {
          const allowed = `${MIN_SECONDS} to ${MAX_SECONDS}`;
          throw new ServiceError(
            'ValidationError',
            `DurationSeconds must be ${allowed}, not ${DurationSeconds}.`,
          );
        }
        if (others.Policy !== undefined || others.PolicyArns?.length) {
          throw new ServiceError(
            'ValidationError',
            'Session policies (Policy, PolicyArns) are not supported; leave them out.',
          );
        }
        const { maxSessionDuration = DEFAULT_MAX_SESSION } = new Roles(cloud).findByArn(RoleArn) ?? {};
        if (DurationSeconds > maxSessionDuration) {
          // The sentence as tools for AWS profiles report it, from many accounts.
          throw new ServiceError(
            'ValidationError',
            'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
          );
        }
        try {
          const session = cloud.principals.credentialsFor(RoleArn, RoleSessionName, DurationSeconds);
          const { arn, userId } = cloud.principals.role(RoleArn, RoleSessionName);
          return {
            Credentials: {
              AccessKeyId: session.accessKeyId,
              SecretAccessKey: session.secretAccessKey,
              SessionToken: session.sessionToken,
              Expiration: session.expiration,
            },
            AssumedRoleUser: { Arn: arn, AssumedRoleId: userId },
          };
        } catch (error) {
          if (error instanceof TypeError) throw new ServiceError('ValidationError', error.message);
          throw error;
        }
      },
    },
  };
}

export const sts: ServiceDefinition<'sts'> = {
  id: 'sts',
  facts: {
    package: '@aws-sdk/client-sts',
    signingName: 'sts',
    iamPrefix: 'sts',
    protocol: 'awsQuery',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    version: '2011-06-15',
    invalidInput: 'ValidationError',
  },
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    sts: STS;
  }
}
