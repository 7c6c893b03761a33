import { Aws, CfnMapping, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { builtInImage, type BuiltIn } from '../config/built-ins';
import {
  prebuiltReference,
  registryHost,
  registryIn,
  type PrebuiltProgram,
  type Registry,
} from '../config/prebuilt';
import type { ImageName, PrebuiltReference } from '../contract/environment';
import type { AppRole } from './role';

/** ECR User Guide, "IAM policies: pull images"; the token is for the registry. */
const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];

export interface PrebuiltImageProps {
  readonly name: ImageName;
  readonly program: PrebuiltProgram;
  /** Region of the pipeline; undefined: that of the deployment. */
  readonly region: PipelineConfig['region'];
}

/**
 * An image that no run builds: of a repository of any account, or a built-in algorithm of SageMaker. Jobs and models name
 * it by its digest: "SageMaker supports both registry/repository[:tag] and registry/repository[@digest] image path
 * formats" (API reference, AlgorithmSpecification and ContainerDefinition).
 */
export class PrebuiltImage {
  readonly name: ImageName;
  readonly reference: PrebuiltReference;
  readonly repositoryArn: string;
  /** Digest; of a built-in algorithm its version, since a run looks up the digest. */
  readonly contentHash: string;

  constructor(scope: Construct, { name, program, region }: PrebuiltImageProps) {
    this.name = name;
    this.reference = prebuiltReference(`programs.${FIELDS[name]}`, program, (builtIn) =>
      region === undefined ? registryOfDeployment(scope, builtIn) : registryIn(region, builtIn)!,
    );
    const { id } = this.reference;
    this.contentHash =
      'imageDigest' in id ? id.imageDigest : `${this.reference.repositoryName}:${id.imageTag}`;
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

/** Programs by image, as the configuration names them. */
const FIELDS: Readonly<Record<ImageName, keyof PipelineConfig['programs']>> = {
  preprocessing: 'preprocess',
  training: 'train',
  inference: 'serve',
  evaluation: 'evaluate',
};

/** Returns the registry in the region of the deployment: the template finds its account. */
function registryOfDeployment(scope: Construct, builtIn: BuiltIn): Registry {
  const { accounts } = builtInImage(builtIn);
  const stack = Stack.of(scope);
  const id = 'BuiltInRegistries';
  const mapping =
    (stack.node.tryFindChild(id) as CfnMapping | undefined) ??
    new CfnMapping(stack, id, {
      mapping: Object.fromEntries(
        Object.entries(accounts).map(([name, account]) => [name, { [builtIn]: account }]),
      ),
    });
  return {
    registryId: mapping.findInMap(Aws.REGION, builtIn),
    host: registryHost(Aws.REGION, Aws.URL_SUFFIX),
  };
}
