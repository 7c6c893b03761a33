/** Returns the word with a capital letter, `training` as `Training`: construct ids are PascalCase. */
export function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
