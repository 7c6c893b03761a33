import { parameterSources, requestFacts, resourceTypeFacts } from 'local-cloud/testing';
import { BEHAVIOUR } from './behaviour';
import type { ServiceCall } from './calls';
import { citationsOf, type Citation } from './citations';
import { REASONS } from './reasons';

/** What judges a call, or a resource type, on this machine. */
export interface Judgement {
  /** Constraints of AWS's model; undefined if the local cloud lacks the call. */
  readonly constraints: number | undefined;
  /** Sources of the behaviour, of each file that cites some. */
  readonly citations: readonly Citation[];
  /** Set if there are no citations. */
  readonly reason?: string;
}

/** @throws Error if nobody judges the behaviour, and `reasons.ts` has no reason */
export function judgeCall({ service, operation }: ServiceCall): Judgement {
  const name = `${service}:${operation}`;
  const facts = requestFacts(service, operation);
  const citations = [...behaviour(name), ...documented(facts?.documentation)];
  return judgement(name, facts?.constraints, citations, true);
}

/** @throws Error as {@link judgeCall} */
export function judgeType(type: string): Judgement & { readonly properties?: number } {
  const facts = resourceTypeFacts(type);
  const sources = [...behaviour(type), ...documented(facts?.documentation)];
  // A type's behaviour is that of the service's calls, so only its properties need a judge.
  const found = judgement(type, facts?.constraints, sources, facts === undefined);
  return { ...found, properties: facts?.properties };
}

function judgement(
  name: string,
  constraints: number | undefined,
  found: readonly Citation[],
  needed: boolean,
): Judgement {
  const citations = [...new Map(found.map((citation) => [citation.text, citation])).values()];
  if (citations.length > 0) return { constraints, citations };
  const reason = REASONS.find((each) => each.of.includes(name))?.reason;
  if (reason === undefined && needed)
    throw new Error(`nobody judges ${name}, and scripts/evidence/reasons.ts has no reason; add one.`);
  return { constraints, citations, reason };
}

/** Returns the sources of the files that behave like a call, or like a custom resource. */
function behaviour(name: string): Citation[] {
  const files = Object.entries(BEHAVIOUR).filter(([, of]) => of.includes(name));
  return files.flatMap(([file]) => cited(file));
}

/** @throws Error if the file no longer cites a source */
function cited(file: string): Citation[] {
  const citations = citationsOf(file);
  if (citations.length === 0)
    throw new Error(`${file} cites no source; correct scripts/evidence/behaviour.ts.`);
  return citations;
}

const documented = (addresses: readonly string[] = []): Citation[] =>
  addresses.map((text) => ({ kind: 'documented', text }));

/** An argument of an optimized task, with the source that Step Functions supports it. */
export interface Parameter {
  readonly operation: string;
  readonly name: string;
  readonly source: string;
}

/** Returns the arguments of the optimized tasks of which a list is known. */
export function parameters(calls: readonly ServiceCall[]): Parameter[] {
  return calls.flatMap(({ operation, parameters: names }) => {
    const sources = parameterSources(operation);
    return sources ? names.map((name) => ({ operation, name, source: sources[name] ?? 'nobody' })) : [];
  });
}

/** @throws Error if `reasons.ts` has a name that somebody judges, or that no call or type has */
export function assertReasonsNeeded(reasoned: readonly string[]): void {
  const others = REASONS.flatMap(({ of }) => of).filter((name) => !reasoned.includes(name));
  if (others.length > 0)
    throw new Error(`scripts/evidence/reasons.ts: ${others.join(', ')} need no reason; remove them.`);
}
