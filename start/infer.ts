import type { Progress } from '../cli/progress';
export async function inferToFile(source: string, _label: string, _progress: Progress): Promise<string> {
  throw new Error(`${source}: not yet`);
}
