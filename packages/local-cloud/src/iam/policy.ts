import { isRecord, MalformedPolicy, shown, type Fault } from './malformed';
import { sidOf, Statement } from './statement';
import type { PolicyKind } from './types';

export interface PolicyOptions {
  /**
   * Refuses actions that AWS does not have, and patterns that match none of its actions. IAM accepts them, and they
   * grant nothing: nearly always they are misspelt.
   *
   * @default false
   */
  checkActions?: boolean;
  /**
   * True if each statement of a resource's policy must name the resource, as S3 requires and ECR does not. A statement
   * without a name applies to the resource that the policy is attached to.
   *
   * @default false
   */
  resourceRequired?: boolean;
}

const ELEMENTS = ['Version', 'Id', 'Statement'];
const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17', undefined];

/** A policy document, checked and compiled once, so that each evaluation is cheap. */
export class Policy {
  private constructor(
    /** The name in errors and decisions. */
    readonly name: string,
    readonly kind: PolicyKind,
    readonly statements: readonly Statement[],
  ) {}

  /** Each value of Action and NotAction, once, as written. */
  get actions(): readonly string[] {
    return [...new Set(this.statements.flatMap((statement) => statement.actions))];
  }

  /**
   * @param document an object, or its JSON
   * Throws {@link MalformedPolicy} with the statement, the element and the bad value.
   */
  static parse(name: string, document: unknown, kind: PolicyKind, options: PolicyOptions = {}): Policy {
    const fault: Fault = (problem) => new MalformedPolicy(`Policy '${name}': ${problem}`);
    const content = typeof document === 'string' ? parseJson(document, fault) : document;
    if (!isRecord(content)) throw fault(`${shown(content)} is not a policy document; use an object.`);
    const unknown = Object.keys(content).find((element) => !ELEMENTS.includes(element));
    if (unknown !== undefined) {
      throw fault(`'${unknown}' is not an element of a policy; use ${ELEMENTS.join(', ')}.`);
    }
    const { Version: version, Id: id, Statement: list } = content;
    if (!VERSIONS.includes(version)) {
      throw fault(`Version: ${shown(version)} is not a version; use '2012-10-17' (or '2008-10-17').`);
    }
    if (id !== undefined && typeof id !== 'string') throw fault(`Id: ${shown(id)} is not a string.`);
    const elements: readonly unknown[] = Array.isArray(list) ? list : list === undefined ? [] : [list];
    if (elements.length === 0) throw fault('Statement: is missing or empty; add at least one statement.');

    const settings = {
      kind,
      variables: version === '2012-10-17',
      checkActions: options.checkActions ?? false,
      resourceRequired: options.resourceRequired ?? false,
    };
    const sids = new Set<string>();
    const statements = elements.map((element, index) => {
      const unnamed: Fault = (problem) => fault(`statement ${index}: ${problem}`);
      const sid = sidOf(element, kind, unnamed);
      if (sid && sids.has(sid))
        throw unnamed(`Sid: '${sid}' is used by another statement; choose another one.`);
      if (sid) sids.add(sid);
      const named: Fault = sid ? (problem) => fault(`statement ${index} (${sid}): ${problem}`) : unnamed;
      return new Statement(index, sid, element as Record<string, unknown>, settings, named);
    });
    return new Policy(name, kind, statements);
  }
}

function parseJson(text: string, fault: Fault): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fault(`the document is not JSON (${(error as Error).message}).`);
  }
}
