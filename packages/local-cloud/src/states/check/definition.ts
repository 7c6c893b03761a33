import type { QueryLanguage } from '../language/definition';
import { byteLength, isObject } from '../language/json';
import { LIMITS } from '../language/limits';
import { checkGraph } from './graph';
import { Location, type Diagnostic, type Fields } from './location';
import { anything, numberFrom, oneOf } from './values';

export type { Diagnostic };

const MACHINE: Fields = {
  Version: oneOf('1.0'),
  QueryLanguage: oneOf('JSONPath', 'JSONata'),
  TimeoutSeconds: numberFrom(1, LIMITS.seconds),
  Comment: anything,
};

/**
 * Returns the errors that CreateStateMachine would find in a definition, and the features that AWS supports and this
 * interpreter does not (code `UNSUPPORTED`).
 */
export function checkDefinition(definition: unknown): Diagnostic[] {
  const findings: Diagnostic[] = [];
  const location = new Location(findings);
  if (!isObject(definition)) {
    location.report('Definition must be a valid JSON object');
    return findings;
  }
  const size = byteLength(definition);
  if (size > LIMITS.definitionBytes) {
    location.report(`The definition has ${size} bytes; at most ${LIMITS.definitionBytes} are allowed`);
  }
  const language: QueryLanguage = definition.QueryLanguage === 'JSONata' ? 'JSONata' : 'JSONPath';
  checkGraph(definition, location, { language, names: new Set(), outerVariables: new Set() }, MACHINE);
  return findings;
}

/** Returns all findings in one line, as in the message of CreateStateMachine's InvalidDefinition. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const findings = diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`);
  return `Invalid State Machine Definition: '${findings.join(', ')}'`;
}
