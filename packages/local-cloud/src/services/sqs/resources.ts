import { parsePolicy } from '../../access/policy-documents';
import type { Cloud } from '../../core/cloud';
import { generatedName, type ResourceContext, type ResourceType } from '../../core/resource-type';
import { ServiceError } from '../../model/errors';
import { Queues } from './queues';

/** API Reference, CreateQueue: MessageRetentionPeriod. */
const DEFAULT_RETENTION_SECONDS = 345_600;

export const queueTypes: Record<string, ResourceType> = {
  'AWS::SQS::Queue': {
    // Queues here encrypt nothing.
    properties: ['MessageRetentionPeriod', 'QueueName', 'SqsManagedSseEnabled', 'Tags'],
    async create(properties, context) {
      const name = (properties.QueueName as string | undefined) ?? generatedName(context, 80);
      authorize(context, 'CreateQueue', name);
      const queues = context.cloud.part(Queues);
      const { cloud } = context;
      const arn = cloud.arn('sqs', name);
      // CreateQueue of a name that another stack uses returns that queue; CloudFormation refuses it first.
      if (queues.find(arn)) throw new ServiceError('QueueAlreadyExists', `${name} already exists`);
      queues.put({ arn, name, retentionSeconds: retention(properties) });
      const url = urlOf(cloud, name);
      return { physicalId: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
    },
    async update(properties, context, before) {
      const queue = context.cloud.part(Queues).byUrl(before.physicalId)!;
      authorize(context, 'SetQueueAttributes', queue.name);
      context.cloud.part(Queues).put({ ...queue, retentionSeconds: retention(properties) });
      return before;
    },
    async delete({ physicalId }, context) {
      const queue = context.cloud.part(Queues).byUrl(physicalId);
      if (!queue) return;
      authorize(context, 'DeleteQueue', queue.name);
      context.cloud.part(Queues).delete(queue.name);
    },
  },

  'AWS::SQS::QueuePolicy': {
    properties: ['PolicyDocument', 'Queues'],
    fixed: ['Queues'],
    async create({ PolicyDocument, Queues: urls }, context) {
      setPolicy(urls as string[], PolicyDocument, context);
      return { physicalId: generatedName(context, 128) };
    },
    async update({ PolicyDocument, Queues: urls }, context, before) {
      setPolicy(urls as string[], PolicyDocument, context);
      return before;
    },
    async delete({ properties }, context) {
      setPolicy(properties.Queues as string[], undefined, context);
    },
  },
};

function setPolicy(urls: readonly string[], document: unknown, context: ResourceContext): void {
  const queues = context.cloud.part(Queues);
  const check = { name: 'policy of the queue', kind: 'resource', code: 'InvalidAttributeValue' } as const;
  if (document !== undefined) parsePolicy(context.cloud, check, document);
  for (const url of urls) {
    const queue = queues.byUrl(url);
    // Deleted with its stack, before its policy.
    if (!queue && document === undefined) continue;
    if (!queue) throw new ServiceError('AWS.SimpleQueueService.NonExistentQueue', `${url} does not exist.`);
    authorize(context, 'SetQueueAttributes', queue.name);
    queues.put({ ...queue, policy: document === undefined ? undefined : JSON.stringify(document) });
  }
}

function authorize({ cloud, caller }: ResourceContext, operation: string, name: string): void {
  cloud.authorize(caller, { action: `sqs:${operation}`, resources: [cloud.arn('sqs', name)] });
}

function urlOf({ region, account }: Cloud, name: string): string {
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

function retention({ MessageRetentionPeriod = DEFAULT_RETENTION_SECONDS }: Record<string, unknown>): number {
  return Number(MessageRetentionPeriod);
}
