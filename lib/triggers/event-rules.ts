import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { resourcePrefix, type PipelineConfig } from '../config';
import { driftAlarmPrefix } from '../contract/triggers';

/** An object of the training data, or the schema, is new, changed or deleted. */
export function newDataPattern({ data }: PipelineConfig, bucketName: string): EventPattern {
  return {
    source: ['aws.s3'],
    detailType: ['Object Created', 'Object Deleted'],
    detail: {
      bucket: { name: [bucketName] },
      object: { key: [{ prefix: data.prefix }, data.schemaKey] },
      // Old versions that expire are no change of the data; what is created has no such field.
      'deletion-type': [{ exists: false }, 'Delete Marker Created'],
    },
  };
}

/**
 * A parameter below the path of the hyperparameters was set or deleted, or a deployment brought other code or another
 * gate. New images in ECR are no trigger: runs push them.
 */
export function newCodePattern(hyperparameterPath: string, codeParameter: string): EventPattern {
  return {
    source: ['aws.ssm'],
    detailType: ['Parameter Store Change'],
    detail: {
      name: [{ prefix: `${hyperparameterPath}/` }, codeParameter],
      operation: ['Create', 'Update', 'Delete'],
    },
  };
}

/** An alarm on drift went off. */
export function driftPattern(
  config: PipelineConfig,
  { alarmNames }: { readonly alarmNames: readonly string[] },
): EventPattern {
  return {
    source: ['aws.cloudwatch'],
    detailType: ['CloudWatch Alarm State Change'],
    detail: {
      alarmName: [{ prefix: driftAlarmPrefix(resourcePrefix(config)) }, ...alarmNames],
      state: { value: ['ALARM'] },
    },
  };
}
