import { ServiceError } from '../../model/errors';

/** Characters of a violation's value that a message shows. */
const SHOWN = 60;

/** SageMaker's errors for refused requests. */
export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** Limits of a request that SageMaker's model does not have; all violations are reported at once. */
export class RequestLimits {
  private readonly violations: string[] = [];

  /** @throws ServiceError ValidationException if there are violations */
  static check(look: (limits: RequestLimits) => void): void {
    const limits = new RequestLimits();
    look(limits);
    const { violations } = limits;
    if (violations.length === 0) return;
    const errors = violations.length === 1 ? 'error' : 'errors';
    throw validation(`${violations.length} validation ${errors} detected: ${violations.join('; ')}`);
  }

  /** @param field path from the request, e.g. `inputDataConfig.1.member.channelName`; members are numbered from 1 */
  violated(field: string, value: unknown, rule: string): void {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
    this.violations.push(`Value '${shown}' at '${field}' failed to satisfy constraint: ${rule}`);
  }

  /** Checks the characters of a text, or the members of a list or a map. */
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

  oneOf(field: string, value: string | undefined, allowed: Readonly<Record<string, string>>): void {
    if (value === undefined || Object.values(allowed).includes(value)) return;
    this.violated(field, value, `Member must satisfy enum value set: [${Object.values(allowed).join(', ')}]`);
  }
}

function tooLong(most: number): string {
  return `Member must have length less than or equal to ${most}`;
}

/** AWS matches the whole value, and shows patterns without anchors. */
function mustMatch(pattern: RegExp): string {
  const source = pattern.source.replace(/^\^|\$$/g, '').replaceAll('\\/', '/');
  return `Member must satisfy regular expression pattern: ${source}`;
}
