import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { resourcePrefix, type PipelineConfig } from '../config';
import { driftAlarmPrefix } from '../contract/triggers';

/** Returns the pattern of events on training data and its schema: new, changed or deleted objects. */
export function newDataPattern({ data }: PipelineConfig, bucketName: string): EventPattern {
  return {
    source: ['aws.s3'],
    detailType: ['Object Created', 'Object Deleted'],
    detail: {
      bucket: { name: [bucketName] },
      object: { key: [{ prefix: data.prefix }, ...(data.schemaKey === null ? [] : [data.schemaKey])] },
      // Old versions that expire do not change the data; creations have no such field.
      'deletion-type': [{ exists: false }, 'Delete Marker Created'],
    },
  };
}

/**
 * Returns the pattern of events on code and settings: a parameter below the path of the hyperparameters was set or
 * deleted, or a stack deployment brought other code or another gate. New images in ECR are not included: runs push
 * them.
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

/** Returns the pattern of raised alarms on drift. */
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
