import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Output } from '../../core/service';
import type { Package } from './code';
import type { Statement } from './policy';
import { constraint, type Settings } from './settings';

/** A function as stored. */
export interface FunctionRecord {
  name: string;
  arn: string;
  settings: Settings;
  code: Package;
  /** Milliseconds since the epoch. */
  modified: number;
  /** Changes with every update. */
  revisionId: string;
  policy: Statement[];
  tags: Record<string, string>;
  /** The reserved concurrency; 0 throttles every invocation. */
  reserved?: number;
}

const NAME = /^[a-zA-Z0-9-_]{1,64}$/;
const REFERENCE =
  /^(?:(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?(?:\d{12}:)?function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** The functions of this account and region. `$LATEST` is the only version; there are no aliases. */
export class Functions {
  private readonly store;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store<{ functions: Record<string, FunctionRecord> }>('lambda', () => ({
      functions: {},
    }));
  }

  all(): FunctionRecord[] {
    return Object.values(this.store.data.functions);
  }

  arn(name: string): string {
    return this.cloud.arn('lambda', `function:${name}`);
  }

  /** Throws if a function with this name cannot be created. */
  assertFree(name: string): void {
    if (!NAME.test(name)) {
      throw constraint(
        name,
        'functionName',
        `Member must satisfy regular expression pattern: ${NAME.source}`,
      );
    }
    if (Object.hasOwn(this.store.data.functions, name)) {
      throw new ServiceError('ResourceConflictException', `Function already exist: ${name}`);
    }
  }

  create(name: string, facts: Pick<FunctionRecord, 'settings' | 'code' | 'tags'>): FunctionRecord {
    this.assertFree(name);
    const fn = { name, arn: this.arn(name), ...facts, modified: 0, revisionId: '', policy: [] };
    this.store.data.functions[name] = fn;
    this.changed(fn);
    return fn;
  }

  /** @param reference a name or an ARN, full or partial, optionally with a qualifier */
  get(reference: string, qualifier?: string): FunctionRecord {
    const match = REFERENCE.exec(reference);
    if (!match) {
      throw constraint(
        reference,
        'functionName',
        `Member must satisfy regular expression pattern: ${REFERENCE.source}`,
      );
    }
    const [, name = '', version = qualifier] = match;
    const functions = this.store.data.functions;
    const known = Object.hasOwn(functions, name) && (version === undefined || version === '$LATEST');
    if (known && (!reference.startsWith('arn:') || reference.startsWith(this.arn(name))))
      return functions[name]!;
    const suffix = version === undefined ? '' : `:${version}`;
    const arn = reference.startsWith('arn:') ? reference : `${this.arn(name)}${suffix}`;
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`);
  }

  delete({ name }: FunctionRecord): void {
    delete this.store.data.functions[name];
    this.store.changed();
  }

  /** Sets a new revision id on a changed function. */
  changed(fn: FunctionRecord): void {
    fn.modified = this.cloud.clock.now();
    fn.revisionId = randomUUID();
    this.store.changed();
  }
}

/** Returns a function's configuration in the form that every operation uses. */
export function describe(fn: FunctionRecord): Output<'lambda', 'GetFunctionConfiguration'> {
  const { Environment, TracingMode, EphemeralStorage, ...settings } = fn.settings;
  return {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    ...(settings as Output<'lambda', 'GetFunctionConfiguration'>),
    ...(Object.keys(Environment).length > 0 && { Environment: { Variables: Environment } }),
    TracingConfig: { Mode: TracingMode },
    EphemeralStorage: { Size: EphemeralStorage },
    CodeSize: fn.code.size,
    CodeSha256: Buffer.from(fn.code.hash, 'hex').toString('base64'),
    LastModified: new Date(fn.modified).toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    RevisionId: fn.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  };
}
