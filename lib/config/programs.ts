import type { ByImage, ImageName } from '../contract/environment';
import type { PipelineConfig, ProgramConfig } from './schema';

/** Returns the programs with their fields, without one that is left out. */
export function programEntries({
  programs,
}: Pick<PipelineConfig, 'programs'>): [field: keyof PipelineConfig['programs'], program: ProgramConfig][] {
  return Object.entries(programs).filter(([, program]) => program !== undefined) as ReturnType<
    typeof programEntries
  >;
}

/** Returns the programs by the images that run them. */
export function programsByImage({ programs }: Pick<PipelineConfig, 'programs'>): ByImage<ProgramConfig> {
  const { preprocess, train, serve, evaluate } = programs;
  return {
    preprocessing: preprocess,
    training: train,
    inference: serve,
    ...(evaluate && { evaluation: evaluate }),
  };
}

/** Returns the images that a run builds from folders; it pulls the others. */
export function builtImages(config: Pick<PipelineConfig, 'programs'>): ImageName[] {
  const entries = Object.entries(programsByImage(config)) as [ImageName, ProgramConfig][];
  return entries.filter(([, program]) => 'folder' in program).map(([name]) => name);
}

/**
 * Returns true if transform jobs predict the holdout and a program of its own scores the answers; otherwise the serving
 * image evaluates, with the argument `evaluate`.
 */
export function evaluatesByTransform({ programs }: Pick<PipelineConfig, 'programs'>): boolean {
  return programs.evaluate !== undefined;
}
