import type { QueryLanguage } from '../language/definition';
import { byteLength, isObject } from '../language/json';
import { LIMITS } from '../language/limits';
import { checkGraph } from './graph';
import { Place, type Diagnostic, type Fields } from './place';
import { anything, numberFrom, oneOf } from './values';

export type { Diagnostic };

const MACHINE: Fields = {
  Version: oneOf('1.0'),
  QueryLanguage: oneOf('JSONPath', 'JSONata'),
  TimeoutSeconds: numberFrom(1, LIMITS.seconds),
  Comment: anything,
};

/**
 * What CreateStateMachine would refuse in a definition, and what AWS would take but this interpreter does not (code
 * `UNSUPPORTED`); empty where there is nothing.
 */
export function checkDefinition(definition: unknown): Diagnostic[] {
  const findings: Diagnostic[] = [];
  const place = new Place(findings);
  if (!isObject(definition)) {
    place.report('Definition must be a valid JSON object');
    return findings;
  }
  const size = byteLength(definition);
  if (size > LIMITS.definitionBytes) {
    place.report(`The definition has ${size} bytes; at most ${LIMITS.definitionBytes} are allowed`);
  }
  const language: QueryLanguage = definition.QueryLanguage === 'JSONata' ? 'JSONata' : 'JSONPath';
  checkGraph(definition, place, { language, names: new Set(), outerVariables: new Set() }, MACHINE);
  return findings;
}

/** All findings in one line, in the words of CreateStateMachine's InvalidDefinition. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const findings = diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`);
  return `Invalid State Machine Definition: '${findings.join(', ')}'`;
}
