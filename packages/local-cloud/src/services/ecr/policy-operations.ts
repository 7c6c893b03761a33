import type { Cloud } from '../../core/cloud';
import type { Operations } from '../../core/service';
import { ServiceError } from '../../model/errors';
import { parsePolicy, type PolicyCheck } from '../../access/policy-documents';
import { checkLifecyclePolicy } from './lifecycle-policy';
import type { Repositories } from './repositories';

/** The form of the message: https://github.com/hashicorp/terraform-provider-aws/issues/39064. */
const POLICY: PolicyCheck = {
  name: 'repository policy',
  kind: 'resource',
  code: 'InvalidParameterException',
  noPrincipal: () => "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Principal not found'",
};

/** Operations on the repository policies and the lifecycle policies of repositories. */
export function policyOperations(cloud: Cloud, repositories: Repositories): Operations<'ecr'> {
  const registryId = cloud.account;

  /** @throws ServiceError RepositoryPolicyNotFoundException */
  function repositoryPolicy(name: string, registry: string | undefined): string {
    const { policyText } = repositories.get(name, registry);
    if (policyText !== undefined) return policyText;
    const message = `Repository policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`;
    throw new ServiceError('RepositoryPolicyNotFoundException', message);
  }

  /** @throws ServiceError LifecyclePolicyNotFoundException */
  function lifecyclePolicy(name: string, registry: string | undefined): string {
    const { lifecyclePolicyText } = repositories.get(name, registry);
    if (lifecyclePolicyText !== undefined) return lifecyclePolicyText;
    const message = `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`;
    throw new ServiceError('LifecyclePolicyNotFoundException', message);
  }

  return {
    async SetRepositoryPolicy({ repositoryName, registryId: registry, policyText }) {
      parsePolicy(cloud, POLICY, policyText);
      repositories.get(repositoryName!, registry).policyText = policyText;
      repositories.changed();
      return { registryId, repositoryName, policyText };
    },

    async GetRepositoryPolicy({ repositoryName, registryId: registry }) {
      return { registryId, repositoryName, policyText: repositoryPolicy(repositoryName!, registry) };
    },

    async DeleteRepositoryPolicy({ repositoryName, registryId: registry }) {
      const policyText = repositoryPolicy(repositoryName!, registry);
      delete repositories.get(repositoryName!, registry).policyText;
      repositories.changed();
      return { registryId, repositoryName, policyText };
    },

    async PutLifecyclePolicy({ repositoryName, registryId: registry, lifecyclePolicyText }) {
      const repository = repositories.get(repositoryName!, registry);
      checkLifecyclePolicy(lifecyclePolicyText);
      repository.lifecyclePolicyText = lifecyclePolicyText;
      repositories.changed();
      return { registryId, repositoryName, lifecyclePolicyText };
    },

    async GetLifecyclePolicy({ repositoryName, registryId: registry }) {
      const lifecyclePolicyText = lifecyclePolicy(repositoryName!, registry);
      return { registryId, repositoryName, lifecyclePolicyText };
    },

    async DeleteLifecyclePolicy({ repositoryName, registryId: registry }) {
      const lifecyclePolicyText = lifecyclePolicy(repositoryName!, registry);
      delete repositories.get(repositoryName!, registry).lifecyclePolicyText;
      repositories.changed();
      return { registryId, repositoryName, lifecyclePolicyText };
    },
  };
}
