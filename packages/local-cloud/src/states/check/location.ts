import type { QueryLanguage } from '../language/definition';

/** A finding, as ValidateStateMachineDefinition reports one. */
export interface Diagnostic {
  /** `SCHEMA_VALIDATION_FAILED`, `MISSING_TRANSITION_TARGET` … */
  readonly code: string;
  readonly message: string;
  /** `/States/Train model/Next` */
  readonly location: string;
}

/** Members of `$states` that only some fields may read. */
export type Reserved = 'result' | 'errorOutput';

/** The location in the definition that a check examines, with its query language and the list of findings. */
export class Location {
  constructor(
    private readonly findings: Diagnostic[],
    readonly pointer = '',
    readonly language: QueryLanguage = 'JSONPath',
    readonly reserved?: Reserved,
  ) {}

  at(key: string | number): Location {
    const step = typeof key === 'number' ? `[${key}]` : `/${key}`;
    return new Location(this.findings, this.pointer + step, this.language, this.reserved);
  }

  in(language: QueryLanguage): Location {
    return new Location(this.findings, this.pointer, language, this.reserved);
  }

  allowing(reserved: Reserved | undefined): Location {
    return new Location(this.findings, this.pointer, this.language, reserved);
  }

  report(message: string, code = 'SCHEMA_VALIDATION_FAILED'): void {
    this.findings.push({ code, message, location: this.pointer || '/' });
  }

  /** Reports a feature that AWS supports and this interpreter does not. */
  unsupported(what: string): void {
    this.report(`${what} is not supported by this interpreter`, 'UNSUPPORTED');
  }
}

export type Check = (value: unknown, location: Location) => void;
/** The fields an object may have. */
export type Fields = Readonly<Record<string, Check>>;
