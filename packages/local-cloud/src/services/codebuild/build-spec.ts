import { parse } from 'yaml';

/** Ends a build; the code is the one in the phase's context. */
export class BuildFailure extends Error {
  constructor(
    readonly statusCode: 'YAML_FILE_ERROR' | 'COMMAND_EXECUTION_ERROR' | 'CLIENT_ERROR',
    message: string,
  ) {
    super(message);
  }
}

/** A buildspec's phases in their order. */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;

export type Phase = (typeof PHASES)[number];

/** The supported parts of a buildspec. */
export interface BuildSpec {
  variables: Record<string, string>;
  commands: Record<Phase, string[]>;
}

interface Written {
  version?: number | string;
  env?: { variables?: Record<string, string> };
  phases?: Partial<Record<Phase, { commands?: string | string[] }>>;
}

/** @throws BuildFailure, also for an unsupported section */
export function readBuildSpec(text: string | undefined): BuildSpec {
  if (!text)
    throw invalid(
      'the project has no inline buildspec; a buildspec file in the source is not supported here',
    );
  const written = parse(text) as Written | null;
  if (typeof written !== 'object' || written === null) throw invalid('the buildspec is not a YAML mapping');
  if (String(written.version) !== '0.2') {
    throw invalid(`buildspec version is ${written.version}; use 0.2`);
  }
  onlyKnown(written, ['version', 'env', 'phases'], '');
  onlyKnown(written.env ?? {}, ['variables'], 'env.');
  onlyKnown(written.phases ?? {}, PHASES, 'phases.');
  const commands = (phase: Phase): string[] => {
    const section = written.phases?.[phase] ?? {};
    onlyKnown(section, ['commands'], `phases.${phase}.`);
    return [section.commands ?? []].flat();
  };
  return {
    variables: written.env?.variables ?? {},
    commands: {
      install: commands('install'),
      pre_build: commands('pre_build'),
      build: commands('build'),
      post_build: commands('post_build'),
    },
  };
}

function onlyKnown(section: object, known: readonly string[], path: string): void {
  const unknown = Object.keys(section).find((name) => !known.includes(name));
  if (unknown) throw invalid(`${path}${unknown} is not supported here; supported: ${known.join(', ')}`);
}

function invalid(why: string): Error {
  return new BuildFailure('YAML_FILE_ERROR', why);
}
