import {
  ModelApprovalStatus,
  ProductionVariantInstanceType,
  TransformInstanceType,
  type CreateModelPackageGroupInput,
  type CreateModelPackageInput,
  type InferenceSpecification,
  type UpdateModelPackageInput,
} from '@aws-sdk/client-sagemaker';
import { notSupported } from '../../model/errors';
import { MAX_NAME, NAME, RequestLimits, validation } from './request-limits';

const DESCRIPTION = /^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*$/u;
const MAX_DESCRIPTION = 1_024;
const METADATA = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;
const METADATA_LIMITS = { entries: 50, key: 128, value: 256 };
const S3_URI = /^(https|s3):\/\/([^/]+)\/?(.*)$/;
/** A group's name, or its ARN. */
export const GROUP = /^(arn:aws[a-z-]*:sagemaker:[a-z0-9-]{9,16}:\d{12}:model-package-group\/)?[\w-]{1,170}$/;

/** Members of CreateModelPackage that belong to what is not played here. */
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

/** Numbers from the API reference of CreateModelPackageGroup. */
export function checkGroup(request: CreateModelPackageGroupInput): void {
  if (request.ManagedConfiguration) throw notSupported('ManagedConfiguration', 'Leave it out.');
  RequestLimits.check((limits) => {
    limits.name('modelPackageGroupName', request.ModelPackageGroupName, NAME, MAX_NAME);
    checkDescription(limits, 'modelPackageGroupDescription', request.ModelPackageGroupDescription);
    limits.tags(request.Tags);
  });
}

/** Numbers from the API reference of CreateModelPackage and of the types in its request. */
export function checkPackage(request: CreateModelPackageInput): void {
  refuse(request, NOT_CREATED);
  const { ModelPackageGroupName, ModelPackageName, MetadataProperties = {} } = request;
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
  RequestLimits.check((limits) => {
    limits.pattern('modelPackageGroupName', ModelPackageGroupName, GROUP);
    checkDescription(limits, 'modelPackageDescription', request.ModelPackageDescription);
    limits.oneOf('modelApprovalStatus', request.ModelApprovalStatus, ModelApprovalStatus);
    checkMetadata(limits, request.CustomerMetadataProperties);
    for (const [name, value] of Object.entries(MetadataProperties)) {
      const field = `metadataProperties.${name.charAt(0).toLowerCase()}${name.slice(1)}`;
      limits.length(field, value as string | undefined, 0, 1_024);
    }
    limits.length('sourceUri', request.SourceUri, 0, 1_024);
    limits.length('samplePayloadUrl', request.SamplePayloadUrl, 0, 1_024);
    limits.pattern('samplePayloadUrl', request.SamplePayloadUrl, S3_URI);
    limits.length('clientToken', request.ClientToken, 1, 36);
    if (request.InferenceSpecification) checkInference(limits, request.InferenceSpecification);
  });
}

/** Numbers from the API reference of UpdateModelPackage. */
export function checkPackageUpdate(request: UpdateModelPackageInput): void {
  refuse(request, NOT_UPDATED);
  RequestLimits.check((limits) => {
    limits.oneOf('modelApprovalStatus', request.ModelApprovalStatus, ModelApprovalStatus);
    checkDescription(limits, 'approvalDescription', request.ApprovalDescription);
    checkMetadata(limits, request.CustomerMetadataProperties);
    const gone = 'customerMetadataPropertiesToRemove';
    limits.length(gone, request.CustomerMetadataPropertiesToRemove, 0, METADATA_LIMITS.entries);
    limits.members(gone, request.CustomerMetadataPropertiesToRemove, (key, at) =>
      limits.length(at, key, 1, METADATA_LIMITS.key),
    );
  });
}

/** @throws ServiceError ValidationException where an update leaves more properties than a package may have */
export function checkMetadataCount(properties: Readonly<Record<string, string>>): void {
  RequestLimits.check((limits) =>
    limits.length('customerMetadataProperties', properties, 0, METADATA_LIMITS.entries),
  );
}

function checkDescription(limits: RequestLimits, field: string, text: string | undefined): void {
  limits.length(field, text, 0, MAX_DESCRIPTION);
  limits.pattern(field, text, DESCRIPTION);
}

function checkMetadata(limits: RequestLimits, properties: Record<string, string> | undefined): void {
  const field = 'customerMetadataProperties';
  limits.map(field, properties, { ...METADATA_LIMITS, keyPattern: METADATA });
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key.length === 0) limits.length(`${field}.key`, key, 1, METADATA_LIMITS.key);
    if (value.length === 0) limits.length(`${field}.${key}`, value, 1, METADATA_LIMITS.value);
    limits.pattern(`${field}.${key}`, value, METADATA);
  }
}

function checkInference(limits: RequestLimits, specification: InferenceSpecification): void {
  const at = 'inferenceSpecification';
  limits.length(`${at}.containers`, specification.Containers, 1, 15);
  limits.members(`${at}.containers`, specification.Containers, (container, place) => {
    limits.length(`${place}.image`, container.Image, 1, 255);
    limits.length(`${place}.modelDataUrl`, container.ModelDataUrl, 0, 1_024);
    limits.pattern(`${place}.modelDataUrl`, container.ModelDataUrl, S3_URI);
    limits.pattern(`${place}.imageDigest`, container.ImageDigest, /^[Ss][Hh][Aa]256:[0-9a-fA-F]{64}$/);
    limits.map(`${place}.environment`, container.Environment, { entries: 100, key: 1_024, value: 1_024 });
  });
  const types = {
    supportedRealtimeInferenceInstanceTypes: [
      specification.SupportedRealtimeInferenceInstanceTypes,
      ProductionVariantInstanceType,
    ],
    supportedTransformInstanceTypes: [specification.SupportedTransformInstanceTypes, TransformInstanceType],
  } as const;
  for (const [name, [given, allowed]] of Object.entries(types)) {
    limits.members(`${at}.${name}`, given, (type, place) => limits.oneOf(place, type, allowed));
  }
  for (const name of ['SupportedContentTypes', 'SupportedResponseMIMETypes'] as const) {
    const field = `${at}.${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    limits.members(field, specification[name], (type, place) => limits.length(place, type, 0, 256));
  }
}

function refuse<T extends object>(request: T, members: Partial<Record<keyof T, string>>): void {
  for (const [member, instead] of Object.entries(members) as [keyof T & string, string][]) {
    const value: unknown = request[member];
    if (value !== undefined && value !== false) throw notSupported(`${member} of a model package`, instead);
  }
}
