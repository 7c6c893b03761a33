import { Lambda } from '@aws-sdk/client-lambda';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudOptions } from '../../../src/core/cloud';
import { lambda } from '../../../src/services/lambda';
import type { TemplateResource } from '../../../src/templates/template';
import { putRole } from '../../access/roles';
import { zip } from '../lambda/functions';
import { Account } from './account';

/** A request as the function got it, with the statuses of its answers. */
export interface Received {
  RequestType: string;
  RequestId: string;
  PhysicalResourceId?: string;
  ResponseURL: string;
  ResourceProperties: Record<string, unknown>;
  OldResourceProperties?: Record<string, unknown>;
  [name: string]: unknown;
}

/** What the function answers to a type of request: members besides the usual ones, or nothing. */
export type Answer = Record<string, unknown> | 'nothing' | 'text' | 'twice' | 'fetch';

const ROLE = 'arn:aws:iam::123456789012:role/provider';

/** Answers as the property `Answers` of the resource says; `Given` is sent back as an attribute. */
const CODE = `
const { appendFileSync } = require('node:fs');
const https = require('node:https');

const put = (url, body) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const request = https.request(url, { method: 'PUT', headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject);
    request.end(body);
  });

exports.handler = async (event) => {
  const { RequestType, StackId, RequestId, LogicalResourceId, ResourceProperties } = event;
  const answer = ResourceProperties.Answers?.[RequestType] ?? {};
  appendFileSync(process.env.RECEIVED, JSON.stringify(event) + '\\n');
  if (answer === 'nothing') return;
  const body = JSON.stringify({
    ...{ Status: 'SUCCESS', StackId, RequestId, LogicalResourceId },
    PhysicalResourceId: event.PhysicalResourceId ?? 'thing',
    Data: { Given: ResourceProperties.Given },
    ...(typeof answer === 'object' && answer),
  });
  const statuses = [];
  if (answer === 'fetch') statuses.push((await fetch(event.ResponseURL, { method: 'PUT', body })).status);
  else statuses.push(await put(event.ResponseURL, answer === 'text' ? 'done' : body));
  if (answer === 'twice') statuses.push(await put(event.ResponseURL, body));
  appendFileSync(process.env.RECEIVED + '.statuses', statuses.join() + '\\n');
};
`;

/** An account with a function that provides custom resources. */
export class Provider {
  private constructor(
    readonly account: Account,
    readonly arn: string,
    private readonly folder: string,
  ) {}

  static async open(options: Partial<CloudOptions> = {}): Promise<Provider> {
    const folder = mkdtempSync(join(tmpdir(), 'provider-'));
    const account = await Account.open(options, [lambda]);
    const { cloud, client } = account.here;
    putRole(cloud, ROLE, {
      services: ['lambda.amazonaws.com'],
      managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    });
    const { FunctionArn } = await new Lambda(client).createFunction({
      ...{ FunctionName: 'provider', Runtime: 'nodejs24.x', Handler: 'index.handler', Role: ROLE },
      Code: { ZipFile: zip({ 'index.js': CODE }) },
      Environment: { Variables: { RECEIVED: join(folder, 'received') } },
    });
    return new Provider(account, FunctionArn!, folder);
  }

  async close(): Promise<void> {
    await this.account.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Returns a custom resource whose function answers so. */
  resource(
    Answers: Partial<Record<'Create' | 'Update' | 'Delete', Answer>> = {},
    properties: Record<string, unknown> = {},
    more: Partial<TemplateResource> = {},
  ): TemplateResource {
    return {
      Type: 'Custom::Thing',
      Properties: { ServiceToken: this.arn, Answers, ...properties },
      ...more,
    };
  }

  /** The requests so far, oldest first. */
  received(): Received[] {
    return lines(join(this.folder, 'received')).map((line) => JSON.parse(line) as Received);
  }

  /** The requests so far: `<type> <physical id>`. */
  summary(): string[] {
    return this.received().map(({ RequestType, PhysicalResourceId }) =>
      [RequestType, PhysicalResourceId ?? '-'].join(' '),
    );
  }

  /** The HTTP statuses of the answers to each request that the function has finished. */
  statuses(): string[] {
    return lines(join(this.folder, 'received.statuses'));
  }
}

/** The lines of a file that another process appends to; one that has no end yet is still being written. */
function lines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
