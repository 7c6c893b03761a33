/** `training` as `Training`: construct ids are PascalCase, names in the configuration are not. */
export function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
