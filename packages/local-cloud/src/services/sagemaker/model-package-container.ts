import type { ContainerDefinition } from '@aws-sdk/client-sagemaker';
import { notSupported } from '../../model/errors';
import { ModelPackages } from './model-packages';
import { validation } from './request-limits';
import type { SageMakerContext } from './state';

/**
 * Returns the container of a model that is created from a model package: the package's image and data, with the model's
 * variables added. Any other container is returned unchanged.
 *
 * @throws ServiceError ValidationException
 */
export function packagedContainer(
  context: Pick<SageMakerContext, 'cloud' | 'state'>,
  container: ContainerDefinition | undefined,
): ContainerDefinition | undefined {
  if (container?.ModelPackageName === undefined) return container;
  if (container.Image !== undefined || container.ModelDataUrl !== undefined) {
    throw validation('ModelPackageName cannot be given together with Image or ModelDataUrl.');
  }
  const { InferenceSpecification, ModelApprovalStatus } = new ModelPackages(context).package(
    container.ModelPackageName,
  );
  if (ModelApprovalStatus !== 'Approved') {
    throw validation(
      `The model package ${container.ModelPackageName} is ${ModelApprovalStatus}; a model needs one that is Approved.`,
    );
  }
  const [packaged, ...others] = InferenceSpecification?.Containers ?? [];
  if (!packaged) throw validation(`The model package ${container.ModelPackageName} has no container.`);
  if (others.length > 0) throw notSupported('models of several containers', 'Use a package of one.');
  const { Image, ModelDataUrl } = packaged;
  const Environment = { ...packaged.Environment, ...container.Environment };
  return { ...container, Image, ...(ModelDataUrl !== undefined && { ModelDataUrl }), Environment };
}
