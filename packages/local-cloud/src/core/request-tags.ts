import type { PermissionContext } from './service';

/** Returns `aws:RequestTag/<key>` and `aws:TagKeys` of a request that has tags in the common form. */
export function requestTags(input: object): PermissionContext {
  const { Tags: upper, tags: lower } = input as { Tags?: unknown; tags?: unknown };
  const list = upper ?? lower;
  if (!Array.isArray(list) || list.length === 0) return {};
  const tags = list.map((tag: Record<string, string>) => [tag.Key ?? tag.key, tag.Value ?? tag.value ?? '']);
  return {
    'aws:TagKeys': tags.map(([key]) => key!),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}
