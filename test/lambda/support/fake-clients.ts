import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import { Client } from '@smithy/core/client';
import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import { modelFacts } from '../../../lib/config';
import { MODEL_FILE } from '../../../lib/contract/model';
import { local } from '../../support/configs';

/** A command class of an SDK client. */
type CommandClass<Input extends object> = new (input: Input) => { readonly input: Input };

/** An answer, an error to throw, or a function that returns one of the two. */
type Answer = object | (() => object);

interface ExpectedCall {
  readonly operation: abstract new (...args: never[]) => object;
  readonly input: object;
  readonly answer: Answer;
}

interface SentCommand {
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * Replaces `send` of every SDK client in the test file that calls it. The fake answers only the calls that the test
 * expects. Any other call throws `unexpected call <service> <operation>`, and fails the test even if the code under
 * test catches the error. An expected call that is not made fails the test, too.
 */
export function fakeClients(): FakeClients {
  const fake = new FakeClients();
  beforeEach(() => fake.install());
  afterEach(() => fake.verify());
  return fake;
}

class FakeClients {
  /** Objects that the code logged. */
  logs: Readonly<Record<string, unknown>>[] = [];
  /** Metrics that the code published in the embedded metric format, by name. */
  metrics: Readonly<Record<string, unknown>> = {};
  private calls: ExpectedCall[] = [];
  private unexpected: Error[] = [];
  private commands: SentCommand[] = [];
  /** Text and version by `bucket/key`; null: the object does not exist, and may be read. */
  private objects = new Map<string, { readonly text: string; readonly version: number } | null>();
  private unread = new Set<string>();
  private writable = new Set<string>();
  private unwritten = new Set<string>();

  /** Expects one call with this input. Inputs may have asymmetric matchers; the order of calls does not matter. */
  expect<Input extends object>(operation: CommandClass<Input>, input: NoInfer<Input>, answer: Answer): this {
    this.calls.push({ operation, input, answer });
    return this;
  }

  /**
   * Expects reads and writes of objects, with S3's conditional writes. Each has to happen at least once.
   *
   * @param reads content by key: a text, or a value that is stored as JSON; null if the object does not exist. A key may
   *   name a version, `key?versionId=1`, or end in `*`: any key that begins so may be read
   * @param writes keys
   */
  bucket(name: string, reads: Readonly<Record<string, unknown>>, writes: readonly string[] = []): this {
    for (const [key, value] of Object.entries(reads)) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      this.objects.set(`${name}/${key}`, value === null ? null : { text, version: 1 });
      if (!key.endsWith('*')) this.unread.add(`${name}/${key}`);
    }
    for (const key of writes) {
      this.writable.add(`${name}/${key}`);
      this.unwritten.add(`${name}/${key}`);
    }
    return this;
  }

  /** Returns the JSON value that the bucket holds now; null if it has no such object. */
  stored(name: string, key: string): unknown {
    return JSON.parse(this.objects.get(`${name}/${key}`)?.text ?? 'null');
  }

  /** Returns the inputs of the calls of an operation, in order. */
  sent<Input extends object>(operation: CommandClass<Input>): Input[] {
    return this.commands.filter((command) => command instanceof operation).map(({ input }) => input as Input);
  }

  install(): void {
    Object.assign(this, new FakeClients());
    const answer = (service: string, command: SentCommand) => this.answer(service, command);
    async function send(this: { config: { serviceId: string } }, command: SentCommand): Promise<unknown> {
      return answer(this.config.serviceId, command);
    }
    jest.spyOn(Client.prototype, 'send').mockImplementation(send as never);
    const log = (facts: Record<string, unknown>) => void this.logs.push(facts);
    jest.spyOn(console, 'info').mockImplementation(log);
    jest.spyOn(console, 'error').mockImplementation(log);
    const write = process.stdout.write.bind(process.stdout);
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      if (!String(line).startsWith('{"_aws"')) return write(line);
      const { _aws: _, ...values } = JSON.parse(String(line)) as Record<string, unknown>;
      this.metrics = { ...this.metrics, ...values };
      return true;
    });
  }

  verify(): void {
    jest.restoreAllMocks();
    const missing = [
      ...this.calls.map(({ operation, input }) => `${nameOf(operation)} ${JSON.stringify(input)}`),
      ...[...this.unread].map((object) => `S3 GetObject ${object}`),
      ...[...this.unwritten].map((object) => `S3 PutObject ${object}`),
    ];
    const errors = [
      ...this.unexpected.map(({ message }) => message),
      ...missing.map((call) => `expected call that was not made: ${call}`),
    ];
    if (errors.length > 0) throw new Error(errors.join('\n'));
  }

  private answer(service: string, command: SentCommand): unknown {
    this.commands.push(command);
    const index = this.calls.findIndex(
      ({ operation, input }) => command instanceof operation && matches(command.input, input),
    );
    if (index >= 0) {
      const [{ answer }] = this.calls.splice(index, 1) as [ExpectedCall];
      const given = typeof answer === 'function' ? (answer as () => object)() : answer;
      if (given instanceof Error) throw given;
      return given;
    }
    if (command instanceof GetObjectCommand) {
      const { Range } = command.input;
      const name = this.declared(command.input);
      const found = this.objects.get(name);
      this.unread.delete(name);
      if (found === null) throw new NoSuchKey({ message: `no ${name}`, $metadata: {} });
      if (found) return { Body: body(found.text, Range), ETag: `"${found.version}"` };
    }
    if (
      command instanceof PutObjectCommand &&
      this.writable.has(`${command.input.Bucket}/${command.input.Key}`)
    )
      return this.put(command);
    const error = new Error(
      `unexpected call ${service} ${nameOf(command.constructor)} ${shown(command.input)}`,
    );
    this.unexpected.push(error);
    throw error;
  }

  /** Returns the name under which an object is declared: its own, or that of a prefix. */
  private declared({ Bucket, Key, VersionId }: GetObjectCommand['input']): string {
    const name = `${Bucket}/${Key}${VersionId === undefined ? '' : `?versionId=${VersionId}`}`;
    if (this.objects.has(name)) return name;
    const prefixes = [...this.objects.keys()].filter((each) => each.endsWith('*'));
    return prefixes.find((each) => name.startsWith(each.slice(0, -1))) ?? name;
  }

  private put({ input: { Bucket, Key, Body, IfMatch, IfNoneMatch } }: PutObjectCommand): object {
    const name = `${Bucket}/${Key}`;
    const before = this.objects.get(name);
    this.unwritten.delete(name);
    if ((IfNoneMatch && before) || (IfMatch && IfMatch !== `"${before?.version}"`))
      throw Object.assign(new Error('PreconditionFailed'), { name: 'PreconditionFailed' });
    const version = (before?.version ?? 0) + 1;
    const text = typeof Body === 'string' ? Body : Buffer.from(Body as Uint8Array).toString();
    this.objects.set(name, { text, version });
    return { ETag: `"${version}"` };
  }
}

/** Returns the body of an object as the SDK reads it, a stream. */
export function body(content: unknown, range?: string) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const bytes = Buffer.from(text).subarray(Number(from ?? 0), to === undefined ? undefined : Number(to) + 1);
  return {
    transformToString: async () => bytes.toString(),
    transformToByteArray: async () => new Uint8Array(bytes),
  };
}

/** Returns a payload as the SDK reads it: SageMaker Runtime and Lambda answer in one piece. */
export function payload(content: unknown) {
  return Uint8ArrayBlobAdapter.fromString(typeof content === 'string' ? content : JSON.stringify(content));
}

/** Returns an error of a service, by its name. */
export function serviceError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** Sets the environment variables of a function. Call it before the handler is imported: handlers read them then. */
export function setEnvironment(values: Readonly<Record<string, unknown>>, facts = modelFacts(local)): void {
  for (const [name, value] of Object.entries(values))
    process.env[name] = typeof value === 'string' ? value : JSON.stringify(value);
  // Where the construct puts the facts of the model.
  writeFileSync(join(taskRoot, MODEL_FILE), JSON.stringify(facts));
  process.env.LAMBDA_TASK_ROOT = taskRoot;
}

const taskRoot = mkdtempSync(join(tmpdir(), 'function-'));
afterAll(() => rmSync(taskRoot, { recursive: true }));

function matches(input: object, expected: object): boolean {
  try {
    expect(input).toEqual(expected);
    return true;
  } catch {
    return false;
  }
}

function nameOf(operation: { readonly name: string }): string {
  return operation.name.replace(/Command$/, '');
}

function shown(input: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(input, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
}
