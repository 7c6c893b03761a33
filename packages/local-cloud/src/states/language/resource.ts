/** The target of a Task's `Resource`, with the names of the execution history. */
export interface TaskResource {
  /** A Lambda function's ARN as the resource has its own events (`LambdaFunctionScheduled` …). */
  readonly kind: 'service' | 'lambda';
  /** `lambda`, `sagemaker`, `aws-sdk:s3` … */
  readonly resourceType: string;
  /** `invoke`, `createTrainingJob.sync`, `sendMessage.waitForTaskToken` … */
  readonly resource: string;
  readonly waitsForToken: boolean;
}

const SERVICE =
  /^arn:aws[a-z-]*:states:::(?:(aws-sdk:[a-zA-Z0-9-]+)|([a-zA-Z0-9-]+)):([a-zA-Z0-9]+(?:\.[a-zA-Z0-9:]+)?)$/;
const LAMBDA = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[^:]+(?::[^:]+)?$/;

/** @returns undefined if the ARN has neither form, for example for an activity */
export function parseTaskResource(arn: string): TaskResource | undefined {
  if (LAMBDA.test(arn)) {
    return { kind: 'lambda', resourceType: 'lambda', resource: arn, waitsForToken: false };
  }
  const match = SERVICE.exec(arn);
  const resourceType = match?.[1] ?? match?.[2];
  const resource = match?.[3];
  if (!resourceType || !resource) return undefined;
  return { kind: 'service', resourceType, resource, waitsForToken: resource.endsWith('.waitForTaskToken') };
}
