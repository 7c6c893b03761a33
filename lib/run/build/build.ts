import { Duration } from 'aws-cdk-lib';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { BatchGetImageCommandInput } from '@aws-sdk/client-ecr';
import { Construct } from 'constructs';
import type { ContainerImage } from './container-image';
import { BuildVariable } from './image-build';
import { capitalise } from '../../contract/text';
import { jsonata } from '../../states/jsonata';
import type { PascalCase } from '../../states/pascal-case';
import { onBuild, SyncRule, syncRule } from '../../states/permissions';
import { buildRetry } from '../../states/retry';
import { ServiceTask } from '../../states/service-task';

/** `StartBuild` in the form of Step Functions: PascalCase, whatever the service's own case. */
interface StartBuildArguments {
  readonly ProjectName: string;
  readonly SourceTypeOverride: 'S3';
  readonly SourceLocationOverride: string;
  readonly EnvironmentVariablesOverride: { Name: string; Value: string; Type: 'PLAINTEXT' }[];
}

export interface BuildPhaseProps {
  readonly image: ContainerImage;
  readonly project: IProject;
}

/**
 * Builds one image if its content hash is not in ECR. The output is `{"image": "<repository>@sha256:…"}`: later states
 * use the digest, never the tag.
 */
export class BuildPhase extends Construct {
  readonly chain: sfn.Chain;

  constructor(scope: Construct, id: string, { image, project }: BuildPhaseProps) {
    super(scope, id);
    const find = this.find('Find', `Find ${image.name} image`, image);
    const findBuilt = this.find('FindBuilt', `Find built ${image.name} image`, image);
    const build = new ServiceTask<StartBuildArguments>(this, 'Build', {
      stateName: `Build ${image.name} image`,
      action: 'codebuild:startBuild.sync',
      arguments: {
        ProjectName: project.projectName,
        SourceTypeOverride: 'S3',
        SourceLocationOverride: `${image.source.s3BucketName}/${image.source.s3ObjectKey}`,
        EnvironmentVariablesOverride: [
          { Name: BuildVariable.RepositoryUri, Value: image.repository.repositoryUri, Type: 'PLAINTEXT' },
          { Name: BuildVariable.ImageTag, Value: image.contentHash, Type: 'PLAINTEXT' },
          { Name: BuildVariable.Dockerfile, Value: image.dockerfile, Type: 'PLAINTEXT' },
          { Name: BuildVariable.RunId, Value: jsonata('$plan.runId'), Type: 'PLAINTEXT' },
          ...(image.baseImage
            ? [{ Name: BuildVariable.BaseImage, Value: image.baseImage, Type: 'PLAINTEXT' as const }]
            : []),
        ],
      },
      timeout: Duration.hours(1),
      policies: [onBuild(project), syncRule(this, SyncRule.Build)],
      outputs: {},
    });
    build.addRetry(buildRetry);
    const ready = sfn.Pass.jsonata(this, 'Ready', { stateName: `Use ${image.name} image` });
    const exists = sfn.Choice.jsonata(this, 'Exists', {
      stateName: `${capitalise(image.name)} image exists?`,
    })
      .when(sfn.Condition.jsonata(jsonata('$exists($states.input.image)')), ready)
      .otherwise(build.next(findBuilt));
    findBuilt.next(ready);
    find.next(exists);
    this.chain = sfn.Chain.custom(find, [ready], ready);
  }

  private find(
    id: string,
    stateName: string,
    { repository, contentHash }: ContainerImage,
  ): sfn.TaskStateBase {
    // A missing tag is not an error here but an entry in `Failures`: the output then has no image.
    return new ServiceTask<PascalCase<BatchGetImageCommandInput>>(this, id, {
      stateName,
      action: 'aws-sdk:ecr:batchGetImage',
      arguments: {
        RepositoryName: repository.repositoryName,
        ImageIds: [{ ImageTag: contentHash }],
      },
      timeout: Duration.minutes(1),
      policies: [
        new PolicyStatement({ actions: ['ecr:BatchGetImage'], resources: [repository.repositoryArn] }),
      ],
      outputs: jsonata(
        `$count($states.result.Images) > 0 ? {'image': '${repository.repositoryUri}@' & $states.result.Images[0].ImageId.ImageDigest} : {}`,
      ),
    });
  }
}
