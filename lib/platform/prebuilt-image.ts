import { Aws, CfnMapping, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig, ProgramConfig } from '../config';
import { builtInImage, urlSuffix, type BuiltIn } from '../config/built-ins';
import type { ImageName, PrebuiltReference } from '../contract/environment';
import type { AppRole } from './role';

/** ECR User Guide, "IAM policies: pull images"; the token is for the registry. */
const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];

type Prebuilt = Exclude<ProgramConfig, { folder: string }>;

export interface PrebuiltImageProps {
  readonly name: ImageName;
  readonly program: Prebuilt;
  /** Region of the pipeline; undefined: that of the deployment. */
  readonly region: PipelineConfig['region'];
}

/** An image that no run builds: of a repository of any account, or a built-in algorithm of SageMaker. */
export class PrebuiltImage {
  readonly name: ImageName;
  readonly reference: PrebuiltReference;
  readonly repositoryArn: string;
  /** Digest; of a built-in algorithm its version, since a run looks up the digest. */
  readonly contentHash: string;

  constructor(scope: Construct, { name, program, region }: PrebuiltImageProps) {
    this.name = name;
    const field = `programs.${FIELDS[name]}`;
    if ('image' in program) {
      const [, registryId, host, repositoryName, imageDigest] = IMAGE.exec(program.image)!;
      const repositoryUri = `${registryId}.${host}/${repositoryName}`;
      this.reference = {
        ...{ registryId: registryId!, repositoryName: repositoryName!, repositoryUri },
        ...{ id: { imageDigest: imageDigest! }, field },
      };
      this.contentHash = imageDigest!;
    } else {
      const { builtIn, version } = program;
      const { repository } = builtInImage(builtIn);
      const registryId = registryOf(scope, builtIn, region);
      const host = `dkr.ecr.${region ?? Aws.REGION}.${region === undefined ? Aws.URL_SUFFIX : urlSuffix(region)}`;
      this.reference = {
        ...{ registryId, repositoryName: repository, repositoryUri: `${registryId}.${host}/${repository}` },
        ...{ id: { imageTag: version }, field },
      };
      this.contentHash = `${builtIn}:${version}`;
    }
    this.repositoryArn = Stack.of(scope).formatArn({
      service: 'ecr',
      resource: 'repository',
      account: this.reference.registryId,
      resourceName: this.reference.repositoryName,
    });
  }

  /** Allows pulling from exactly this repository. One of another account must allow it in its own policy too. */
  grantPull(role: AppRole): void {
    // SageMaker itself pulls, in the role's name.
    role.allow(PULL_ACTIONS, [this.repositoryArn], { byService: true });
    role.allow(['ecr:GetAuthorizationToken'], ['*'], { byService: true });
  }
}

const IMAGE = /^(\d{12})\.([^/]+)\/(.+)@(sha256:[0-9a-f]{64})$/;

/** Programs by image, as the configuration names them. */
const FIELDS: Readonly<Record<ImageName, keyof PipelineConfig['programs']>> = {
  preprocessing: 'preprocess',
  training: 'train',
  inference: 'serve',
  evaluation: 'evaluate',
};

/** Returns the account of the registry: where the region is not known yet, the template finds it. */
function registryOf(scope: Construct, builtIn: BuiltIn, region: string | undefined): string {
  const { accounts } = builtInImage(builtIn);
  if (region !== undefined) return accounts[region]!;
  const stack = Stack.of(scope);
  const id = 'BuiltInRegistries';
  const mapping =
    (stack.node.tryFindChild(id) as CfnMapping | undefined) ??
    new CfnMapping(stack, id, {
      mapping: Object.fromEntries(
        Object.entries(accounts).map(([name, account]) => [name, { [builtIn]: account }]),
      ),
    });
  return mapping.findInMap(Aws.REGION, builtIn);
}
