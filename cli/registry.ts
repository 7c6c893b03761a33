import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
  type DescribeModelPackageOutput,
  type ModelPackageSummary,
} from '@aws-sdk/client-sagemaker';
import type { Champion } from '../lib/contract/run';
import type { Pipeline } from './pipeline';

/** One version in the model registry. */
export interface RegisteredModel {
  readonly version: number;
  readonly runId: string;
  /** Approved, PendingManualApproval or Rejected. */
  readonly status: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly properties: Readonly<Record<string, string>>;
}

const PAGE = 100;
const DESCRIPTION = /^Run (.+)$/;

/** Returns the evaluated models, newest first. @param limit largest number of models */
export async function registeredModels(
  pipeline: Pipeline,
  limit: number,
): Promise<Omit<RegisteredModel, 'properties'>[]> {
  const { sagemaker, outputs } = pipeline;
  const found: ModelPackageSummary[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName: outputs.ModelPackageGroupName,
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: PAGE,
        NextToken,
      }),
    );
    found.push(...(page.ModelPackageSummaryList ?? []));
    NextToken = page.NextToken;
  } while (NextToken && found.length < limit);
  return found.slice(0, limit).map(summarise);
}

/** Returns the version that a run registered; undefined if it registered none. */
export async function registeredModel(
  pipeline: Pipeline,
  runId: string,
): Promise<RegisteredModel | undefined> {
  const all = await registeredModels(pipeline, Number.POSITIVE_INFINITY);
  const found = all.find((model) => model.runId === runId);
  if (!found) return undefined;
  const { CustomerMetadataProperties: properties = {} }: DescribeModelPackageOutput =
    await pipeline.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: found.arn }));
  return { ...found, properties };
}

/** Sets the status of a model package to Rejected. */
export async function settlePackage(
  { sagemaker }: Pipeline,
  { modelPackageArn }: Pick<Champion, 'modelPackageArn'>,
  ApprovalDescription: string,
): Promise<void> {
  if (!modelPackageArn) return;
  await sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: modelPackageArn,
      ModelApprovalStatus: 'Rejected',
      ApprovalDescription,
    }),
  );
}

function summarise({
  ModelPackageArn,
  ModelPackageVersion,
  ModelPackageDescription = '',
  ModelApprovalStatus,
  CreationTime,
}: ModelPackageSummary): Omit<RegisteredModel, 'properties'> {
  return {
    version: ModelPackageVersion!,
    runId: DESCRIPTION.exec(ModelPackageDescription)?.[1] ?? '',
    status: ModelApprovalStatus!,
    arn: ModelPackageArn!,
    createdAt: CreationTime!.toISOString(),
  };
}
