import { escapeText } from '../containers/table/escape.ts';

/** Returns the error message for an answer of the API, or of a proxy before it. */
export function refusal(status: number, said: string): string {
  try {
    const { code, message } = (JSON.parse(said) as { error: { code: string; message: string } }).error;
    return `the API returned ${status} ${code}: ${escapeText(message, 2_000)}`;
  } catch {
    return `the API returned ${status}: ${escapeText(said, 200)}`;
  }
}
