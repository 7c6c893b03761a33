import type { Problem } from './problem';

/** A service's answer to a request that violates its model. */
export interface Refusal {
  /** The error's code; by default, the service's usual one for invalid input. */
  code?: string;
  message: string;
}

/**
 * The services whose answers differ from the common form, with their code and message, and the source of each. The
 * common form is "N validation errors detected: …; …", seen from IAM (https://github.com/boto/botocore/issues/3337),
 * Lambda (https://github.com/covidatlas/li/pull/575), FSx
 * (https://github.com/kubernetes-sigs/aws-fsx-csi-driver/issues/47), EventBridge Scheduler
 * (https://github.com/webiny/webiny-js/pull/5445) and CloudWatch
 * (https://github.com/terraform-linters/tflint/issues/101).
 */
const SENTENCES: Readonly<Record<string, (problems: readonly Problem[], operation: Operation) => Refusal>> = {
  // moto's copies of API Gateway's answers (moto/apigateway/responses.py): the path begins with the input's name.
  apigateway: (problems, { name }) => {
    const input = `${name.charAt(0).toLowerCase()}${name.slice(1)}Input.`;
    const messages = problems.map(({ message }) => message.replace(" at '", ` at '${input}`));
    return { code: 'ValidationException', message: detected(messages) };
  },
  // "ValidationError: 1 validation error detected: Value 'GB' at 'unit' …" (the address above): ValidationException's
  // code in the Query protocol.
  cloudwatch: (problems) => ({ code: 'ValidationException', message: common(problems) }),
  ecr: ([problem]) => ({ code: 'InvalidParameterException', message: ecrSentence(problem!) }),
  // "ValidationException: 1 validation error detected: Value '600' at 'timeout' …"
  // (https://github.com/hashicorp/terraform/pull/12601).
  lambda: (problems) => ({ code: 'ValidationException', message: common(problems) }),
  s3: ([problem], { payload }) => s3Refusal(problem!, payload),
  // The model writes patterns with anchors, the answer without (the address above).
  scheduler: (problems) => ({
    message: detected(problems.map(({ message }) => message.replace(/pattern: \^(.*)\$$/s, 'pattern: $1'))),
  }),
  // "Invalid parameter: Topic Name" (https://github.com/aws-samples/document-translation/issues/104).
  sns: ([problem]) => ({
    message: problem!.says ?? `Invalid parameter: ${lastName(problem!.path)}`,
  }),
};

export interface Operation {
  name: string;
  /** The input's member that is the body of the request. */
  payload?: string;
}

/** Returns the service's answer to a request with these problems, of which there is at least one. */
export function refusalOf(service: string, operation: Operation, problems: readonly Problem[]): Refusal {
  return SENTENCES[service]?.(problems, operation) ?? { message: common(problems) };
}

/** Returns the common form: "N validation errors detected: …; …". */
export function common(problems: readonly Problem[]): string {
  return detected(problems.map(({ message }) => message));
}

function detected(messages: readonly string[]): string {
  return `${messages.length} validation error${messages.length === 1 ? '' : 's'} detected: ${messages.join('; ')}`;
}

/**
 * Returns ECR's message: "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length greater
 * than or equal to 2'" (https://github.com/aws/aws-dotnet-deploy/issues/549), "… 'must satisfy regular expression '…''"
 * (https://github.com/stelligent/mu/issues/323). It reports one of several problems.
 */
function ecrSentence({ path, rule = '' }: Problem): string {
  const text = rule
    .replace(/^Member /, '')
    .replace(/^must satisfy regular expression pattern: (.*)$/s, "must satisfy regular expression '$1'");
  return `Invalid parameter at '${path}' failed to satisfy constraint: '${text}'`;
}

/** Returns S3's error code and message (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). */
function s3Refusal({ path, says }: Problem, payload: string | undefined): Refusal {
  if (says) return { code: 'InvalidArgument', message: says };
  const [first] = path.split('.');
  if (payload && first!.toLowerCase() === payload.toLowerCase()) {
    return {
      code: 'MalformedXML',
      message: 'The XML you provided was not well-formed or did not validate against our published schema',
    };
  }
  if (first === 'storageClass') {
    return { code: 'InvalidStorageClass', message: 'The storage class you specified is not valid' };
  }
  return { code: 'InvalidArgument', message: `Invalid Argument: ${first}` };
}

function lastName(path: string): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
