import { StatesError } from './errors';
import { byteLength, type JsonObject, type JsonValue } from './json';
import { LIMITS } from './limits';

/**
 * The variables of one graph: its own variables, and read-only those of the enclosing graphs. The check of the
 * definition ensures that no name occurs in two of them.
 */
export class Variables {
  private readonly values = new Map<string, JsonValue>();
  private readonly total: { bytes: number };

  constructor(private readonly outer?: Variables) {
    this.total = outer?.total ?? { bytes: 0 };
  }

  get(name: string): JsonValue | undefined {
    return this.values.has(name) ? this.values.get(name) : this.outer?.get(name);
  }

  /** Returns every visible variable by name. */
  all(): JsonObject {
    return { ...this.outer?.all(), ...Object.fromEntries(this.values) };
  }

  /**
   * @param stateName the state that assigns
   * @throws StatesError States.DataLimitExceeded
   */
  assign(assigned: JsonObject, stateName: string): void {
    const sizes = new Map(Object.entries(assigned).map(([name, value]) => [name, byteLength(value)]));
    const added = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const replaced = [...sizes.keys()].reduce((sum, name) => sum + this.sizeOf(name), 0);
    const [largest] = [...sizes].sort((a, b) => b[1] - a[1]);
    if (largest && largest[1] > LIMITS.variableBytes) {
      // AWS's message, recorded in the file that `Visit.assign` names; the messages below are not recorded.
      throw new StatesError(
        'States.DataLimitExceeded',
        `Variable size limit exceeded. Variable '${largest[0]}' in state '${stateName}' was assigned ${largest[1]} bytes.`,
      );
    }
    if (added > LIMITS.variableBytes) {
      throw limitExceeded(`assigns ${added} bytes (most of them to '${largest?.[0]}')`, LIMITS.variableBytes);
    }
    const total = this.total.bytes + added - replaced;
    if (total > LIMITS.allVariablesBytes) {
      throw limitExceeded(`makes the variables of the execution ${total} bytes`, LIMITS.allVariablesBytes);
    }
    this.total.bytes = total;
    for (const [name, value] of Object.entries(assigned)) this.values.set(name, value);
  }

  /** Sets variables that were checked when they were assigned. */
  restore(assigned: JsonObject): void {
    for (const [name, value] of Object.entries(assigned)) {
      this.total.bytes += byteLength(value) - this.sizeOf(name);
      this.values.set(name, value);
    }
  }

  /** Ends the scope: its variables no longer count. */
  release(): void {
    for (const name of this.values.keys()) this.total.bytes -= this.sizeOf(name);
    this.values.clear();
  }

  private sizeOf(name: string): number {
    const value = this.values.get(name);
    return value === undefined ? 0 : byteLength(value);
  }
}

function limitExceeded(what: string, limit: number): StatesError {
  return new StatesError(
    'States.DataLimitExceeded',
    `The field 'Assign' ${what}; ${limit} bytes are allowed. Keep large data in Amazon S3.`,
  );
}
