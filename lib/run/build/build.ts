import { Duration } from 'aws-cdk-lib';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { BatchGetImageCommandInput } from '@aws-sdk/client-ecr';
import { Construct } from 'constructs';
import type { ImageName } from '../../contract/environment';
import { ErrorName } from '../../contract/errors';
import { HOSTED_MEDIA_TYPE } from '../../contract/images';
import { capitalise } from '../../contract/text';
import { jsonata, type Expression, type PascalCase } from '../../states/jsonata';
import { onceInRun } from '../../states/once';
import { syncRule } from '../../states/permissions';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import { buildQuotaRetry } from '../../states/retry';
import { ServiceTask } from '../../states/service-task';
import type { RunContext } from '../shared/context';
import { builtOf, ContainerImage } from '../../platform/container-image';
import type { PrebuiltImage } from '../../platform/prebuilt-image';
import { BuildVariable, ImageBuild } from './image-build';

/** `StartBuild` in the form of Step Functions: PascalCase, whatever the service's own case. */
interface StartBuildArguments {
  readonly ProjectName: string;
  readonly IdempotencyToken: Expression;
  readonly SourceTypeOverride: 'S3';
  readonly SourceLocationOverride: string;
  readonly EnvironmentVariablesOverride: { Name: string; Value: string; Type: 'PLAINTEXT' }[];
}

/** Builds of all images, by one project; there is none if all images are prebuilt. */
export class BuildPhases extends Construct {
  private readonly project: IProject | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly run: Pick<RunContext, 'config' | 'store' | 'images'>,
  ) {
    super(scope, id);
    const images = builtOf(run.images);
    if (images.length === 0) return;
    this.project = new ImageBuild(this, 'Images', {
      images,
      key: run.store.key,
      config: run.config,
    }).project;
  }

  /** True if the model has an image of its own for the evaluation. */
  get evaluates(): boolean {
    return this.run.images.evaluation !== undefined;
  }

  /** Returns the phase that makes an image of the model ready. */
  of(name: ImageName): Phase {
    const image = this.run.images[name]!;
    return image instanceof ContainerImage
      ? new BuildPhase(this, capitalise(name), { image, project: this.project! })
      : new PinnedImage(this, capitalise(name), image);
  }
}

interface BuildPhaseProps {
  readonly image: ContainerImage;
  readonly project: IProject;
}

/** A prebuilt image, whose digest `Plan run` has looked up. The output is that of {@link BuildPhase}. */
class PinnedImage extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };

  constructor(scope: Construct, id: string, { name }: PrebuiltImage) {
    super(scope, id);
    const pinned = sfn.Pass.jsonata(this, 'Ready', {
      stateName: `Use ${name} image`,
      outputs: { image: jsonata(`$plan.images.${name}`) },
    });
    this.startState = pinned;
    this.exits = { done: after(pinned) };
  }
}

/**
 * Builds one image if its content hash is not in ECR. The output is `{"image": "<repository>@sha256:…"}`: later states
 * use the digest, never the tag.
 */
class BuildPhase extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };

  constructor(scope: Construct, id: string, { image, project }: BuildPhaseProps) {
    super(scope, id);
    const find = this.find('Find', `Find ${image.name} image`, image);
    const findBuilt = this.find('FindBuilt', `Find built ${image.name} image`, image);
    const ready = sfn.Pass.jsonata(this, 'Ready', {
      stateName: `Use ${image.name} image`,
      outputs: { image: jsonata('$states.input.image') },
    });
    const refuse = this.refuse(image);
    const hosted = sfn.Condition.jsonata(jsonata(`$states.input.mediaType = '${HOSTED_MEDIA_TYPE}'`));
    const exists = sfn.Choice.jsonata(this, 'Exists', {
      stateName: `${capitalise(image.name)} image exists?`,
    })
      .when(hosted, ready)
      .when(sfn.Condition.jsonata(jsonata('$exists($states.input.image)')), refuse)
      .otherwise(this.build(image, project).next(findBuilt));
    const usable = sfn.Choice.jsonata(this, 'Usable', {
      stateName: `Built ${image.name} image usable?`,
    })
      .when(hosted, ready)
      .otherwise(refuse);
    findBuilt.next(usable);
    find.next(exists);
    this.startState = find;
    this.exits = { done: after(ready) };
  }

  /** SageMaker would refuse the image after hours of training. */
  private refuse({ name, repository, contentHash }: ContainerImage): sfn.Fail {
    const { repositoryName } = repository;
    const image = `The ${name} image ${repositoryName}:${contentHash}`;
    const remedy =
      `delete it (aws ecr batch-delete-image --repository-name ${repositoryName} --image-ids imageTag=${contentHash}) ` +
      'and start another run, which builds it again';
    return sfn.Fail.jsonata(this, 'Refuse', {
      stateName: `Refuse ${name} image`,
      error: ErrorName.ImageUnavailable,
      cause: jsonata(
        `$exists($states.input.image) ? '${image} has the media type ' & $states.input.mediaType & ` +
          `'; must be ${HOSTED_MEDIA_TYPE}, which SageMaker hosts: ${remedy}' : ` +
          `'${image} does not exist although its build succeeded; its log shows what was pushed'`,
      ),
    });
  }

  private build(image: ContainerImage, project: IProject): sfn.TaskStateBase {
    const variables = {
      [BuildVariable.RepositoryUri]: image.repository.repositoryUri,
      [BuildVariable.ImageTag]: image.contentHash,
      [BuildVariable.Dockerfile]: image.dockerfile,
      [BuildVariable.RunId]: jsonata('$plan.runId'),
      ...(image.baseImage && { [BuildVariable.BaseImage]: image.baseImage }),
    };
    const build = new ServiceTask<StartBuildArguments>(this, 'Build', {
      stateName: `Build ${image.name} image`,
      action: 'codebuild:startBuild.sync',
      arguments: {
        ProjectName: project.projectName,
        // A second call within five minutes gets the build of the first.
        IdempotencyToken: onceInRun(image.name),
        SourceTypeOverride: 'S3',
        SourceLocationOverride: `${image.source.s3BucketName}/${image.source.s3ObjectKey}`,
        EnvironmentVariablesOverride: Object.entries(variables).map(([Name, Value]) => ({
          ...{ Name, Value },
          Type: 'PLAINTEXT' as const,
        })),
      },
      timeout: Duration.hours(1),
      permissions: [
        {
          actions: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds'],
          resources: [project.projectArn],
        },
        syncRule(this, 'StepFunctionsGetEventForCodeBuildStartBuildRule'),
      ],
      outputs: {},
    });
    build.addRetry(buildQuotaRetry);
    return build;
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
      permissions: [{ actions: ['ecr:BatchGetImage'], resources: [repository.repositoryArn] }],
      outputs: jsonata(
        `$count($states.result.Images) > 0 ? {'image': '${repository.repositoryUri}@' & $states.result.Images[0].ImageId.ImageDigest, 'mediaType': $states.result.Images[0].ImageManifestMediaType} : {}`,
      ),
    });
  }
}
