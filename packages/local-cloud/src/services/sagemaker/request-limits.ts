import type { Tag } from '@aws-sdk/client-sagemaker';
import { ServiceError } from '../../model/errors';

/** What SageMaker names: letters and digits, hyphens between them. */
export const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** Of jobs, models, endpoints, their configurations and variants; characters. */
export const MAX_NAME = 63;

const MAX_TAGS = 50;
/** Characters of a violation's value that are shown. */
const SHOWN = 60;

/** What SageMaker answers to a request that it refuses. */
export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** The limits of one request: gathers what violates them, and tells all of it at once, in SageMaker's words. */
export class RequestLimits {
  private readonly violations: string[] = [];

  /** @throws ServiceError ValidationException if anything was violated */
  static check(look: (limits: RequestLimits) => void): void {
    const limits = new RequestLimits();
    look(limits);
    const { violations } = limits;
    if (violations.length === 0) return;
    const errors = violations.length === 1 ? 'error' : 'errors';
    throw validation(`${violations.length} validation ${errors} detected: ${violations.join('; ')}`);
  }

  /** @param field path from the request, e.g. `inputDataConfig.1.member.channelName`; members count from 1 */
  violated(field: string, value: unknown, rule: string): void {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
    this.violations.push(`Value '${shown}' at '${field}' failed to satisfy constraint: ${rule}`);
  }

  /** Characters of a text, or members of a list or a map. */
  length(field: string, value: string | object | undefined, least: number, most: number): void {
    if (value === undefined) return;
    const length = typeof value === 'string' ? value.length : Object.keys(value).length;
    if (length > most) this.violated(field, value, tooLong(most));
    if (length < least) {
      this.violated(field, value, `Member must have length greater than or equal to ${least}`);
    }
  }

  range(field: string, value: number | undefined, least: number, most: number): void {
    if (value === undefined) return;
    if (value > most) this.violated(field, value, `Member must have value less than or equal to ${most}`);
    if (value < least)
      this.violated(field, value, `Member must have value greater than or equal to ${least}`);
  }

  pattern(field: string, value: string | undefined, pattern: RegExp): void {
    if (value === undefined || pattern.test(value)) return;
    this.violated(field, value, mustMatch(pattern));
  }

  /** @param most characters; a text that is too long is not judged by its letters too */
  name(field: string, value: string | undefined, pattern: RegExp, most: number): void {
    if (value !== undefined && value.length > most) this.length(field, value, 0, most);
    else this.pattern(field, value, pattern);
  }

  oneOf(field: string, value: string | undefined, allowed: Readonly<Record<string, string>>): void {
    if (value === undefined || Object.values(allowed).includes(value)) return;
    this.violated(field, value, `Member must satisfy enum value set: [${Object.values(allowed).join(', ')}]`);
  }

  /** Looks at each member of a list, with its path. */
  members<Item>(
    field: string,
    items: readonly Item[] | undefined,
    look: (item: Item, at: string) => void,
  ): void {
    items?.forEach((item, index) => look(item, `${field}.${index + 1}.member`));
  }

  /** A map of text to text. */
  map(
    field: string,
    map: Readonly<Record<string, string>> | undefined,
    most: { entries: number; key: number; value: number; keyPattern?: RegExp },
  ): void {
    this.length(field, map, 0, most.entries);
    for (const [key, value] of Object.entries(map ?? {})) {
      const entry = `{${key}=${value}}`;
      if (key.length > most.key) {
        this.violated(field, entry, `Map keys must satisfy constraint: [${tooLong(most.key)}]`);
      }
      if (most.keyPattern?.test(key) === false) {
        this.violated(field, entry, `Map keys must satisfy constraint: [${mustMatch(most.keyPattern)}]`);
      }
      if (value.length > most.value) {
        this.violated(field, entry, `Map value must satisfy constraint: [${tooLong(most.value)}]`);
      }
    }
  }

  tags(tags: readonly Tag[] | undefined): void {
    this.length('tags', tags, 0, MAX_TAGS);
    this.members('tags', tags, ({ Key, Value }, at) => {
      this.length(`${at}.key`, Key, 1, 128);
      this.length(`${at}.value`, Value, 0, 256);
    });
  }
}

function tooLong(most: number): string {
  return `Member must have length less than or equal to ${most}`;
}

/** AWS matches a value as a whole, and shows patterns without the anchors that say so here. */
function mustMatch(pattern: RegExp): string {
  const source = pattern.source.replace(/^\^|\$$/g, '').replaceAll('\\/', '/');
  return `Member must satisfy regular expression pattern: ${source}`;
}
