import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { pipelineId, resourcePrefix } from '../../lib/config';
import type { CommandDescription, CommonOptions } from '../command';
import { configOf } from '../configuration';
import { PipelineContents, type Contents } from '../empty';
import { ExitCode, OperatorError } from '../errors';
import { findStack } from '../stack';

interface EmptyOptions extends CommonOptions {
  yes?: boolean;
}

export const empty: CommandDescription<EmptyOptions> = {
  usage: 'empty',
  summary: 'Deletes the contents of a pipeline with retainData false, so that its stacks can be deleted.',
  examples: [
    ['empty --environment local', 'what would be deleted'],
    ['empty --environment local --yes', 'deletes it; before that: npx cdk destroy its other stacks'],
  ],
  options: (command) => command.option('--yes', 'delete; without it, the command only counts'),
  action: {
    alone: async (choice, out, { yes = false }) => {
      const config = await configOf(choice);
      const [id, prefix] = [pipelineId(config), resourcePrefix(config)];
      if (config.retainData)
        throw new OperatorError(
          `retainData of "${id}" is true; only data that is not retained can be deleted; set it to false and deploy the stack ${prefix}-Storage.`,
        );
      const cfn = new CloudFormationClient();
      const storage = await findStack(cfn, `${prefix}-Storage`);
      if (!storage)
        throw new OperatorError(
          `pipeline "${id}" has no stack "${prefix}-Storage"; there is nothing to delete.`,
        );
      if (storage.EnableTerminationProtection)
        throw new OperatorError(
          `stack "${prefix}-Storage" is protected from deletion, as it was deployed with retainData true; deploy it with retainData false.`,
        );
      // They would start runs on the missing data, and write again.
      for (const stack of ['Inference', 'Pipeline'])
        if (yes && (await findStack(cfn, `${prefix}-${stack}`)))
          throw new OperatorError(
            `stack "${prefix}-${stack}" exists; delete it first, with npx cdk destroy '${id}/${stack}'.`,
          );
      const contents = new PipelineContents(config, await buckets(cfn, `${prefix}-Storage`), process.env);
      const found = await contents.find();
      if (yes) await contents.delete(found);
      out.result({ deleted: yes, ...found }, () => describe(found, yes));
      return ExitCode.Ok;
    },
  },
};

function describe(
  { endpoint, configurations, models, modelPackages, objects }: Contents,
  done: boolean,
): string {
  const lines = [
    `endpoint: ${endpoint ?? 'none'}`,
    `endpoint configurations: ${configurations.length}`,
    `models: ${models.length}`,
    `versions in the registry: ${modelPackages.length}`,
    ...Object.entries(objects).map(([bucket, count]) => `versions of objects in ${bucket}: ${count}`),
  ];
  return [done ? 'deleted:' : 'would be deleted with --yes:', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** Returns the buckets that the stack created; a bucket of the team is none of them. */
async function buckets(cfn: CloudFormationClient, StackName: string): Promise<string[]> {
  const { StackResources = [] } = await cfn.send(new DescribeStackResourcesCommand({ StackName }));
  const own = StackResources.filter(({ ResourceType }) => ResourceType === 'AWS::S3::Bucket');
  // The log of accesses last: deleting the others writes to it.
  const isLog = (id: string) => id.includes('AccessLogs');
  return own
    .sort((a, b) => Number(isLog(a.LogicalResourceId!)) - Number(isLog(b.LogicalResourceId!)))
    .map(({ PhysicalResourceId }) => PhysicalResourceId!);
}
