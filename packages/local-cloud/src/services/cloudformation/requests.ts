import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import type { Call } from '../../core/service';
import { isAcknowledged, requiredCapability } from '../../templates/capabilities';
import { checkTemplate } from '../../templates/check';
import { resolveParameters, type GivenParameter } from '../../templates/parameters';
import { parseTemplate } from '../../templates/parse';
import type { Template } from '../../templates/template';
import type { StackDefinition } from './records';

/** Quotas in bytes: "Understand CloudFormation quotas". */
const MAX_BODY = 51_200;
const MAX_OBJECT = 1_000_000;

const NAME = /^[a-zA-Z][-a-zA-Z0-9]*$/;

export const invalid = (message: string) => new ServiceError('ValidationError', message);

/** The common input of CreateStack, UpdateStack and CreateChangeSet for a stack's definition. */
export interface DefinitionInput {
  TemplateBody?: string;
  TemplateURL?: string;
  UsePreviousTemplate?: boolean;
  Parameters?: GivenParameter[];
  Capabilities?: string[];
  Tags?: { Key: string | undefined; Value: string | undefined }[];
  RoleARN?: string;
}

/** Options of requests that the local cloud does not support. Empty lists and default values are accepted. */
const UNSUPPORTED: Readonly<Record<string, (value: never) => boolean>> = {
  DeletionMode: (value: string) => value !== 'STANDARD',
  DeploymentConfig: ({ Mode = 'STANDARD' }: { Mode?: string }) => Mode !== 'STANDARD',
  DeploymentMode: () => true,
  NotificationARNs: (value: unknown[]) => value.length > 0,
  OnFailure: (value: string) => value !== 'ROLLBACK',
  OnStackFailure: (value: string) => value !== 'ROLLBACK',
  ResourceTypes: (value: unknown[]) => value.length > 0,
  RollbackConfiguration: ({ RollbackTriggers = [] }: { RollbackTriggers?: unknown[] }) =>
    RollbackTriggers.length > 0,
  StackPolicyBody: () => true,
  StackPolicyURL: () => true,
  StackPolicyDuringUpdateBody: () => true,
  StackPolicyDuringUpdateURL: () => true,
  TimeoutInMinutes: () => true,
};

/**
 * @throws ServiceError with the name of the first option of a request that is not supported
 */
export function refuseUnsupported(operation: string, input: object): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null || !UNSUPPORTED[name]?.(value as never)) continue;
    const shown = JSON.stringify(value).slice(0, 100);
    throw notSupported(`${name} ${shown} of cloudformation:${operation}`, 'Leave it out.');
  }
}

export function checkName(member: 'stackName' | 'changeSetName', name: string): void {
  const refuse = (constraint: string) =>
    invalid(
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ${constraint}`,
    );
  if (name.length > 128) throw refuse('Member must have length less than or equal to 128');
  if (!NAME.test(name)) throw refuse('Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');
}

/**
 * Returns the text of a request's template: from its body, from S3 (read as the caller), or from the previous template.
 */
export async function templateText(
  cloud: Cloud,
  { TemplateBody, TemplateURL, UsePreviousTemplate }: DefinitionInput,
  call: Call,
  previous?: string,
): Promise<string> {
  const given = [TemplateBody, TemplateURL, UsePreviousTemplate || undefined].filter(
    (one) => one !== undefined,
  );
  if (given.length > 1)
    throw invalid('You cannot specify more than one of TemplateBody, TemplateURL and UsePreviousTemplate.');
  if (UsePreviousTemplate && previous) return previous;
  if (TemplateURL !== undefined) return readObject(cloud, TemplateURL, call);
  if (TemplateBody === undefined) throw invalid('Either Template URL or Template Body must be specified.');
  const size = Buffer.byteLength(TemplateBody);
  if (size === 0 || size > MAX_BODY) {
    const limit = size === 0 ? 'greater than or equal to 1' : `less than or equal to ${MAX_BODY}`;
    const shown = `${TemplateBody.slice(0, 40)}${size > 40 ? '...' : ''}`;
    throw invalid(
      `1 validation error detected: Value '${shown}' at 'templateBody' failed to satisfy constraint: Member must have length ${limit}`,
    );
  }
  return TemplateBody;
}

/**
 * Parses `https://s3.<region>.amazonaws.com/<bucket>/<key>`, the same at this cloud's endpoint, or a URL with the
 * bucket in the host.
 */
export function parseTemplateUrl(text: string, endpoint: string): { Bucket: string; Key: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url?.origin.replace('localhost', '127.0.0.1') === endpoint;
  if (!url || (url.protocol !== 'https:' && !isHere)) throw invalid('TemplateURL must be a supported URL.');
  const [host, bucketInHost] = S3_HOST.exec(url.hostname) ?? [];
  if (host === undefined && !isHere)
    throw invalid(`S3 error: Domain name specified in ${url.hostname} is not a valid S3 domain`);
  const path = decodeURIComponent(url.pathname.slice(1));
  const [Bucket = '', ...rest] = bucketInHost === undefined ? path.split('/') : [bucketInHost, path];
  const Key = rest.join('/');
  if (Bucket && Key) return { Bucket, Key };
  throw invalid('TemplateURL must reference a valid S3 object to which you have access.');
}

const S3_HOST = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/;

async function readObject(cloud: Cloud, templateUrl: string, call: Call): Promise<string> {
  const location = parseTemplateUrl(templateUrl, cloud.endpoint);
  const object = await cloud
    .call('s3', 'GetObject', location, { principal: call.principal })
    .catch((error) => {
      if (!(error instanceof ServiceError)) throw error;
      throw invalid(
        `S3 error: ${error.message}\nFor more information check https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
      );
    });
  const { ContentLength = 0 } = object;
  if (ContentLength > MAX_OBJECT) {
    (object.Body as Readable).destroy();
    throw invalid(`Template may not exceed ${MAX_OBJECT} bytes in size.`);
  }
  return (await buffer(object.Body as Readable)).toString('utf8');
}

export async function readTemplate(
  cloud: Cloud,
  input: DefinitionInput,
  call: Call,
  previous?: string,
): Promise<{ template: Template; templateBody: string }> {
  const templateBody = await templateText(cloud, input, call, previous);
  const template = parseTemplate(templateBody);
  checkTemplate(template);
  return { template, templateBody };
}

/** Returns the definition of a stack in a request. */
export async function readDefinition(
  cloud: Cloud,
  input: DefinitionInput,
  call: Call,
  previous?: StackDefinition,
): Promise<{ template: Template; definition: StackDefinition }> {
  const { template, templateBody } = await readTemplate(cloud, input, call, previous?.templateBody);
  const { Capabilities = [], Parameters = [], RoleARN, Tags } = input;
  const needed = requiredCapability(template);
  if (needed && !isAcknowledged(needed, Capabilities)) {
    const message = `Requires capabilities : [${needed.capability}]`;
    throw new ServiceError('InsufficientCapabilitiesException', message);
  }
  const parameters = await resolveParameters(template, Parameters, previous?.parameters ?? [], (names) =>
    readSsm(cloud, names, call),
  );
  return {
    template,
    definition: {
      templateBody,
      parameters,
      capabilities: Capabilities,
      description: template.Description,
      tags: Tags?.map(({ Key = '', Value = '' }) => ({ Key, Value })) ?? previous?.tags ?? [],
      roleArn: RoleARN ?? previous?.roleArn,
      outputs: [],
      imports: [],
    },
  };
}

async function readSsm(cloud: Cloud, names: readonly string[], call: Call): Promise<Record<string, string>> {
  const { Parameters = [] } = await cloud
    .call('ssm', 'GetParameters', { Names: [...names] }, { principal: call.principal })
    .catch((error) => {
      throw error instanceof ServiceError ? invalid(error.message) : error;
    });
  return Object.fromEntries(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
}
