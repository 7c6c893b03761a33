import type {
  CreateDataRepositoryAssociationRequest,
  CreateFileSystemRequest,
  S3DataRepositoryConfiguration,
} from '@aws-sdk/client-fsx';
import { notSupported, ServiceError } from '../../model/errors';
import { badRequest } from './state';

const THROUGHPUTS = [125, 250, 500, 1_000];
const VERSIONS = ['2.12', '2.15'];
const EVENTS = ['CHANGED', 'DELETED', 'NEW'];

/** Supported fields of the request and of its Lustre part; every other one is refused by name. */
const KNOWN = new Set([
  ...['ClientRequestToken', 'FileSystemType', 'FileSystemTypeVersion', 'KmsKeyId', 'LustreConfiguration'],
  ...['SecurityGroupIds', 'StorageCapacity', 'StorageType', 'SubnetIds', 'Tags'],
]);
const KNOWN_OF_LUSTRE = new Set(['DataCompressionType', 'DeploymentType', 'PerUnitStorageThroughput']);

/** Checks the numbers and rules of the API reference, CreateFileSystem and CreateFileSystemLustreConfiguration. */
export function checkFileSystem(request: CreateFileSystemRequest): void {
  const { FileSystemType: type, FileSystemTypeVersion: version, LustreConfiguration: lustre = {} } = request;
  if (type !== 'LUSTRE') throw notSupported(`file systems of the type ${type}`, 'Use LUSTRE.');
  refuseUnknown(request, KNOWN, '');
  refuseUnknown(lustre, KNOWN_OF_LUSTRE, 'LustreConfiguration.');
  const { DeploymentType: deployment = 'SCRATCH_1', PerUnitStorageThroughput: throughput } = lustre;
  if (deployment !== 'PERSISTENT_2' && deployment !== 'SCRATCH_2') {
    throw notSupported(`the deployment type ${deployment}`, 'Use PERSISTENT_2 or SCRATCH_2.');
  }
  if (request.StorageType !== undefined && request.StorageType !== 'SSD') {
    throw notSupported(`the storage type ${request.StorageType}`, 'Use SSD.');
  }
  checkCapacity(request.StorageCapacity);
  if (request.SubnetIds?.length !== 1) {
    throw badRequest(
      `SubnetIds has ${request.SubnetIds?.length ?? 0} subnets; a Lustre file system has exactly one.`,
    );
  }
  if (version !== undefined && !VERSIONS.includes(version)) {
    throw badRequest(`FileSystemTypeVersion ${version} is not valid for ${deployment}; use 2.12 or 2.15.`);
  }
  if (deployment === 'SCRATCH_2') {
    if (throughput !== undefined) throw badRequest('PerUnitStorageThroughput is for PERSISTENT types only.');
    if (request.KmsKeyId !== undefined) throw badRequest('KmsKeyId is for PERSISTENT types only.');
  } else checkThroughput(throughput);
}

export function checkCapacity(capacity: number | undefined): void {
  if (capacity === 1_200 || (capacity && capacity > 0 && capacity % 2_400 === 0)) return;
  throw badRequest(`StorageCapacity ${capacity} is not valid; use 1200, 2400 or an increment of 2400 GiB.`);
}

export function checkThroughput(throughput: number | undefined): void {
  if (THROUGHPUTS.includes(throughput ?? 0)) return;
  throw new ServiceError(
    'InvalidPerUnitStorageThroughput',
    `PerUnitStorageThroughput ${throughput} is not valid for PERSISTENT_2; use one of ${THROUGHPUTS.join(', ')}.`,
  );
}

/**
 * Checks a link, which is read-only: files are imported automatically when they are added, changed and deleted, or only
 * by tasks.
 */
export function checkLink({
  FileSystemPath: path = '/',
  ...request
}: CreateDataRepositoryAssociationRequest): void {
  if (!path.startsWith('/')) throw badRequest(`FileSystemPath ${path} does not begin with a slash.`);
  if (request.ImportedFileChunkSize !== undefined) {
    throw notSupported('ImportedFileChunkSize', 'Leave it out.');
  }
  checkPolicies(request.S3);
}

export function checkPolicies({
  AutoExportPolicy,
  AutoImportPolicy,
}: S3DataRepositoryConfiguration = {}): void {
  if (AutoExportPolicy?.Events?.length) throw notSupported('AutoExportPolicy', 'Leave it out.');
  const events = [...(AutoImportPolicy?.Events ?? [])].sort();
  if (events.length > 0 && events.join() !== EVENTS.join()) {
    throw notSupported(`AutoImportPolicy with only ${events.join()}`, 'Use all three events, or none.');
  }
}

function refuseUnknown(given: object, known: ReadonlySet<string>, prefix: string): void {
  const other = Object.entries(given).find(([name, value]) => value !== undefined && !known.has(name));
  if (other) throw notSupported(`${prefix}${other[0]}`, 'Leave it out.');
}
