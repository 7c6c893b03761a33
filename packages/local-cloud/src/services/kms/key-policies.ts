import type { Cloud } from '../../core/cloud';
import type { Caller, Operations, Permission } from '../../core/service';
import { ServiceError } from '../../model/errors';
import { parsePolicy, type PolicyCheck } from '../../access/policy-documents';
import type { Key, Keys } from './keys';

/**
 * Checks of key policies, and the operations on them.
 *
 * @param putPermission the permission to change a key's policy
 */
export function keyPolicies(
  cloud: Cloud,
  keys: Keys,
  putPermission: (input: { KeyId: string }) => Permission,
) {
  /** @throws ServiceError MalformedPolicyDocumentException */
  function check(text: string): void {
    // https://github.com/aws-samples/siem-on-amazon-opensearch-service/issues/32
    const rules: PolicyCheck = {
      name: 'key policy',
      kind: 'resource',
      code: 'MalformedPolicyDocumentException',
      noPrincipal: () => 'Policy contains a statement with one or more invalid principals.',
    };
    parsePolicy(cloud, rules, text);
  }

  /**
   * Refuses a policy after which the caller could not change it again.
   *
   * @throws ServiceError MalformedPolicyDocumentException
   */
  function checkLockout({ arn }: Key, caller: Caller): void {
    try {
      cloud.authorize(caller, putPermission({ KeyId: arn }), 'kms');
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      // The sentence as reports of failed deployments of keys quote it.
      const message = 'The new key policy will not allow you to update the key policy in the future.';
      throw new ServiceError('MalformedPolicyDocumentException', message);
    }
  }

  const operations: Operations<'kms'> = {
    async GetKeyPolicy({ KeyId = '' }) {
      return { Policy: keys.get(KeyId).policy, PolicyName: 'default' };
    },

    async PutKeyPolicy({ KeyId = '', Policy = '', BypassPolicyLockoutSafetyCheck }, call) {
      const key = keys.get(KeyId);
      check(Policy);
      const before = key.policy;
      key.policy = Policy;
      try {
        if (!BypassPolicyLockoutSafetyCheck) checkLockout(key, call);
      } catch (error) {
        key.policy = before;
        throw error;
      }
      keys.changed();
      return {};
    },
  };

  return { check, checkLockout, operations };
}
