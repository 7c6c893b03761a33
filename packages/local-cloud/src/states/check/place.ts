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

/** Where in the definition a check looks, in which query language, and where its findings go. */
export class Place {
  constructor(
    private readonly findings: Diagnostic[],
    readonly location = '',
    readonly language: QueryLanguage = 'JSONPath',
    readonly reserved?: Reserved,
  ) {}

  at(key: string | number): Place {
    const step = typeof key === 'number' ? `[${key}]` : `/${key}`;
    return new Place(this.findings, this.location + step, this.language, this.reserved);
  }

  in(language: QueryLanguage): Place {
    return new Place(this.findings, this.location, language, this.reserved);
  }

  allowing(reserved: Reserved | undefined): Place {
    return new Place(this.findings, this.location, this.language, reserved);
  }

  report(message: string, code = 'SCHEMA_VALIDATION_FAILED'): void {
    this.findings.push({ code, message, location: this.location || '/' });
  }

  /** For what AWS takes and this interpreter does not. */
  unsupported(what: string): void {
    this.report(`${what} is not supported by this interpreter`, 'UNSUPPORTED');
  }
}

export type Check = (value: unknown, place: Place) => void;
/** The fields an object may have. */
export type Fields = Readonly<Record<string, Check>>;
