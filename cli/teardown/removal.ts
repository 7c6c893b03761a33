/** Kinds of what a pipeline can leave, in the order in which it can be removed. */
export const KINDS = [
  'scalable target',
  'alarm',
  'endpoint',
  'endpoint configuration',
  'model',
  'model version',
  'registry',
  'topic',
  'repository',
  'bucket',
  'log group',
  'key',
] as const;

export type Kind = (typeof KINDS)[number];

/** Something that is in the account, and that no stack owns. */
export interface Leftover {
  readonly kind: Kind;
  readonly name: string;
}

/**
 * Removes a thousand versions at a time, the limit of a call, until there are none or one is refused. They do not fit into an
 * argument, so the request is read from standard input.
 */
const deleteVersions = (bucket: string) =>
  [
    `while versions=$(aws s3api list-object-versions --bucket ${bucket} --max-items 1000 --output json`,
    `--query '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}, Quiet: \`true\`}')`,
    `&& [[ $versions == *VersionId* ]] && answer=$(printf %s "$versions" |`,
    `aws s3api delete-objects --bucket ${bucket} --delete file:///dev/stdin --output json)`,
    `&& [[ $answer != *Errors* ]]; do :; done`,
  ].join(' ');

const COMMANDS: Readonly<Record<Kind, (name: string) => readonly string[]>> = {
  'scalable target': (name) => [
    `aws application-autoscaling deregister-scalable-target --service-namespace sagemaker --scalable-dimension sagemaker:variant:DesiredInstanceCount --resource-id ${name}`,
  ],
  alarm: (name) => [`aws cloudwatch delete-alarms --alarm-names ${name}`],
  // Its configuration and models must not go before it.
  endpoint: (name) => [
    `aws sagemaker delete-endpoint --endpoint-name ${name}`,
    `aws sagemaker wait endpoint-deleted --endpoint-name ${name}`,
  ],
  'endpoint configuration': (name) => [`aws sagemaker delete-endpoint-config --endpoint-config-name ${name}`],
  model: (name) => [`aws sagemaker delete-model --model-name ${name}`],
  'model version': (name) => [`aws sagemaker delete-model-package --model-package-name ${name}`],
  registry: (name) => [`aws sagemaker delete-model-package-group --model-package-group-name ${name}`],
  topic: (name) => [`aws sns delete-topic --topic-arn ${name}`],
  repository: (name) => [`aws ecr delete-repository --force --repository-name ${name}`],
  bucket: (name) => [deleteVersions(name), `aws s3api delete-bucket --bucket ${name}`],
  'log group': (name) => [`aws logs delete-log-group --log-group-name ${name}`],
  key: (name) => [`aws kms schedule-key-deletion --pending-window-in-days 7 --key-id ${name}`],
};

/** Returns the commands that remove it, for Bash. */
export function removal({ kind, name }: Leftover): readonly string[] {
  return COMMANDS[kind](name);
}
