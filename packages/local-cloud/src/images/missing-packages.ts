export async function missingPackages(_: {
  dockerfile: string;
  context: string;
  python: string;
}): Promise<string[]> {
  return [];
}
