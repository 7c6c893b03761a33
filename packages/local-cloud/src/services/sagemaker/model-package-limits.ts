import type {
  CreateModelPackageGroupInput,
  CreateModelPackageInput,
  UpdateModelPackageInput,
} from '@aws-sdk/client-sagemaker';
import { notSupported } from '../../model/errors';
import { RequestLimits, validation } from './request-limits';

const METADATA = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;
const MAX_METADATA = 50;
/** A group's name, or its ARN. */
export const GROUP = /^(arn:aws[a-z-]*:sagemaker:[a-z0-9-]{9,16}:\d{12}:model-package-group\/)?[\w-]{1,170}$/;

/** Members of CreateModelPackage that belong to unsupported features. */
const NOT_CREATED = {
  AdditionalInferenceSpecifications: 'Give one InferenceSpecification.',
  CertifyForMarketplace: 'There is no marketplace.',
  ManagedStorageType: 'Keep the artifact in a bucket.',
  ModelCard: 'Leave it out.',
  ModelLifeCycle: 'Use ModelApprovalStatus.',
  ModelPackageRegistrationType: 'Leave it out.',
  SecurityConfig: 'Leave it out.',
  SourceAlgorithmSpecification: 'Give an InferenceSpecification.',
  ValidationSpecification: 'Leave it out.',
} as const satisfies Partial<Record<keyof CreateModelPackageInput, string>>;

const NOT_UPDATED = {
  AdditionalInferenceSpecificationsToAdd: 'A package here has one InferenceSpecification.',
  InferenceSpecification: 'Give it to CreateModelPackage.',
  ModelCard: 'Leave it out.',
  ModelLifeCycle: 'Use ModelApprovalStatus.',
  ModelPackageRegistrationType: 'Leave it out.',
  SourceUri: 'Give it to CreateModelPackage.',
} as const satisfies Partial<Record<keyof UpdateModelPackageInput, string>>;

/** @throws ServiceError NotImplemented */
export function checkGroup(request: CreateModelPackageGroupInput): void {
  if (request.ManagedConfiguration) throw notSupported('ManagedConfiguration', 'Leave it out.');
}

/** Rules of CreateModelPackage's API reference that its model does not have. */
export function checkPackage(request: CreateModelPackageInput): void {
  refuse(request, NOT_CREATED);
  const { ModelPackageGroupName, ModelPackageName } = request;
  if (ModelPackageGroupName !== undefined && ModelPackageName !== undefined) {
    throw validation(
      'Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to use.',
    );
  }
  if (ModelPackageName !== undefined) {
    throw notSupported('model packages without versions', 'Use ModelPackageGroupName.');
  }
  if (ModelPackageGroupName === undefined) throw validation('Missing ARN.');
  if (request.Tags?.length) {
    throw validation('Tags cannot be given to a model package of a group; it has the tags of its group.');
  }
  RequestLimits.check((limits) => checkMetadata(limits, request.CustomerMetadataProperties));
}

/** Rules of UpdateModelPackage's API reference that its model does not have. */
export function checkPackageUpdate(request: UpdateModelPackageInput): void {
  refuse(request, NOT_UPDATED);
  RequestLimits.check((limits) => {
    checkMetadata(limits, request.CustomerMetadataProperties);
    const gone = 'customerMetadataPropertiesToRemove';
    limits.length(gone, request.CustomerMetadataPropertiesToRemove, 0, MAX_METADATA);
  });
}

/** @throws ServiceError ValidationException if an update leaves more properties than a package may have */
export function checkMetadataCount(properties: Readonly<Record<string, string>>): void {
  RequestLimits.check((limits) => limits.length('customerMetadataProperties', properties, 0, MAX_METADATA));
}

function checkMetadata(limits: RequestLimits, properties: Record<string, string> | undefined): void {
  const field = 'customerMetadataProperties';
  for (const [key, value] of Object.entries(properties ?? {})) {
    limits.pattern(`${field}.${key}`, key, METADATA);
    limits.pattern(`${field}.${key}`, value, METADATA);
  }
}

function refuse<T extends object>(request: T, members: Partial<Record<keyof T, string>>): void {
  for (const [member, instead] of Object.entries(members) as [keyof T & string, string][]) {
    const value: unknown = request[member];
    if (value !== undefined && value !== false) throw notSupported(`${member} of a model package`, instead);
  }
}
