import { createHmac } from 'node:crypto';
import { OPERATOR_CREDENTIALS } from '../../../src/core/principals';

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Upload {
  fields?: Record<string, string>;
  /** Conditions besides those of the bucket and of the fields. */
  conditions?: unknown[];
  credentials?: Credentials;
  expiration?: string;
  content?: string;
  filename?: string;
  change?: (fields: Record<string, string>) => void;
}

/** The bucket of the forms. */
export const Bucket = 'forms';

/** Returns the fields of a form, signed as AWS documents it ("Calculating a signature": POST policy). */
export function signed({
  fields = {},
  conditions = [],
  credentials = OPERATOR_CREDENTIALS,
  ...more
}: Upload) {
  const date = '20300101';
  const scope = ['us-east-1', 's3', 'aws4_request'];
  const all: Record<string, string> = {
    key: 'k',
    ...fields,
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': [credentials.accessKeyId, date, ...scope].join('/'),
    'x-amz-date': `${date}T000000Z`,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
  };
  // As SDKs do: a key that ends in ${filename} has a condition on its beginning.
  const conditionOf = ([name, value]: [string, string]) =>
    value.endsWith('${filename}')
      ? ['starts-with', `$${name}`, value.slice(0, -'${filename}'.length)]
      : { [name]: value };
  const document = {
    expiration: more.expiration ?? '2100-01-01T00:00:00Z',
    conditions: [{ bucket: Bucket }, ...conditions, ...Object.entries(all).map(conditionOf)],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString('base64');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = [date, ...scope].reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  return { ...all, policy, 'x-amz-signature': hmac(key, policy).toString('hex') };
}

export async function send(
  endpoint: string,
  fields: Record<string, string>,
  { content = 'hello', filename = 'a.txt' }: Upload = {},
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([content], { type: 'text/x-ignored' }), filename);
  form.append('after', 'ignored');
  const url = `${endpoint}/${Bucket}`;
  return fetch(url, { method: 'POST', body: form, redirect: 'manual' });
}

export async function upload(endpoint: string, options: Upload = {}) {
  const fields: Record<string, string> = signed(options);
  options.change?.(fields);
  const response = await send(endpoint, fields, options);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

export const element = (body: string, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`)
    .exec(body)?.[1]
    ?.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
export const failure = ({ status, body }: { status: number; body: string }) => [
  status,
  element(body, 'Code'),
  element(body, 'Message'),
];

export async function answerOf(response: Response) {
  return { status: response.status, body: await response.text() };
}
