import {
  DockerfileParser,
  type Instruction,
  type ModifiableInstruction,
  type Property,
  type PropertyInstruction,
} from 'dockerfile-ast';
import { fillVariables, type Variables } from './variables';

/** One instruction with its build arguments and environment variables filled in. */
export type Step =
  | { kind: 'copy'; sources: string[]; target: string; line: number }
  | { kind: 'run'; command: string; workingDirectory: string; line: number };

/** The image that a Dockerfile with one stage defines. */
export interface ImageDefinition {
  baseImage: string;
  steps: Step[];
  environment: Record<string, string>;
  workingDirectory: string;
  entrypoint: string[];
  command: string[];
}

export class DockerfileError extends Error {}

/** Instructions that describe a container but have no effect on a local process. */
const WITHOUT_EFFECT = new Set(['EXPOSE', 'LABEL', 'USER', 'STOPSIGNAL', 'MAINTAINER', 'HEALTHCHECK']);

/**
 * Reads a Dockerfile that can run as a local process: one stage, COPY from the context, exec-form ENTRYPOINT. Throws an
 * error with the name and the line of every other instruction.
 *
 * @throws DockerfileError
 */
export function readDockerfile(text: string, buildArguments: Variables): ImageDefinition {
  const reader = new Reader(buildArguments);
  for (const instruction of DockerfileParser.parse(text).getInstructions()) reader.read(instruction);
  const { definition } = reader;
  if (!definition.baseImage) throw new DockerfileError('The Dockerfile has no FROM with a base image.');
  if (definition.entrypoint.length === 0) throw new DockerfileError('The Dockerfile has no ENTRYPOINT.');
  return definition;
}

class Reader {
  readonly definition: ImageDefinition = {
    baseImage: '',
    steps: [],
    environment: {},
    workingDirectory: '/',
    entrypoint: [],
    command: [],
  };
  /** ARG values before FROM. FROM can use all of them; the stage can use only those that it declares again. */
  private readonly outside: Record<string, string> = {};
  private readonly declared: Record<string, string> = {};

  constructor(private readonly buildArguments: Variables) {}

  read(instruction: Instruction): void {
    const { definition } = this;
    const keyword = instruction.getKeyword();
    if (!definition.baseImage && keyword !== 'ARG' && keyword !== 'FROM') {
      this.refuse(instruction, 'must come after FROM.');
    }
    if (WITHOUT_EFFECT.has(keyword)) return;
    switch (keyword) {
      case 'ARG':
        return this.declare(instruction as PropertyInstruction);
      case 'FROM':
        if (definition.baseImage)
          this.refuse(instruction, 'begins a second stage; the process engine supports one.');
        definition.baseImage = this.words(instruction)[0] ?? '';
        return;
      case 'ENV':
        for (const property of (instruction as PropertyInstruction).getProperties()) {
          definition.environment[property.getName()] = this.value(instruction, property);
        }
        return;
      case 'WORKDIR':
        definition.workingDirectory = absolute(this.whole(instruction) || '/', definition.workingDirectory);
        return;
      case 'COPY':
        return this.copy(instruction as ModifiableInstruction);
      case 'RUN':
        definition.steps.push({
          kind: 'run',
          // The shell replaces these variables, not Docker.
          command: instruction
            .getArguments()
            .map((argument) => argument.getValue())
            .join(' '),
          workingDirectory: definition.workingDirectory,
          line: lineOf(instruction),
        });
        return;
      case 'ENTRYPOINT':
        definition.entrypoint = this.execForm(instruction);
        return;
      case 'CMD':
        definition.command = this.execForm(instruction);
        return;
      default:
        this.refuse(instruction, 'is not supported by the process engine.');
    }
  }

  private declare(instruction: PropertyInstruction): void {
    const inStage = this.definition.baseImage !== '';
    const known = inStage ? this.declared : this.outside;
    for (const property of instruction.getProperties()) {
      const name = property.getName();
      const preset = property.getValue();
      const otherwise = preset === null ? this.outside[name] : this.value(instruction, property);
      const value = this.buildArguments[name] ?? otherwise;
      if (value !== undefined) known[name] = value;
    }
  }

  private copy(instruction: ModifiableInstruction): void {
    if (instruction.getFlags().length > 0) {
      this.refuse(
        instruction,
        `with ${instruction.getFlags()[0]!.toString()} is not supported by the process engine.`,
      );
    }
    if (instruction.getRawArgumentsContent()?.startsWith('[')) {
      this.refuse(
        instruction,
        'as a JSON list is not supported by the process engine; write the names without brackets.',
      );
    }
    const words = this.words(instruction);
    if (words.length < 2) this.refuse(instruction, 'needs at least one source and the target.');
    const outside = words.slice(0, -1).find((name) => name.split('/').includes('..'));
    if (outside) this.refuse(instruction, `${outside} is outside of the build context.`);
    this.definition.steps.push({
      kind: 'copy',
      sources: words.slice(0, -1).map((name) => name.replace(/^\/+/, '') || '.'),
      target: absolute(words.at(-1)!, this.definition.workingDirectory, true),
      line: lineOf(instruction),
    });
  }

  private execForm(instruction: Instruction): string[] {
    let list: unknown;
    try {
      list = JSON.parse(instruction.getArgumentsContent() ?? '');
    } catch {
      list = undefined;
    }
    if (Array.isArray(list) && list.length > 0 && list.every((word) => typeof word === 'string')) return list;
    // A shell between Docker and the program would not pass SIGTERM on.
    return this.refuse(instruction, 'is in shell form; write it as a JSON list, so that signals arrive.');
  }

  private words(instruction: Instruction): string[] {
    return instruction.getArguments().map((argument) => this.fill(instruction, argument.getValue()));
  }

  private whole(instruction: Instruction): string {
    return this.fill(instruction, unquote(instruction.getArgumentsContent() ?? ''));
  }

  /**
   * Returns the property's value: in single quotes, text is literal; otherwise variables and backslashes are processed.
   */
  private value(instruction: Instruction, property: Property): string {
    const written = property.getUnescapedValue() ?? '';
    if (written.startsWith("'")) return unquote(written);
    return this.fill(instruction, unquote(written)).replace(/\\(["\\ ])/g, '$1');
  }

  private fill(instruction: Instruction, text: string): string {
    const { baseImage, environment } = this.definition;
    const variables = baseImage ? { ...this.declared, ...environment } : this.outside;
    return fillVariables(text, variables, (form) =>
      this.refuse(instruction, `has ${form}; supported forms of variables are $NAME, \${NAME}, :- and :+.`),
    );
  }

  private refuse(instruction: Instruction, why: string): never {
    throw new DockerfileError(`Dockerfile line ${lineOf(instruction)}: ${instruction.getKeyword()} ${why}`);
  }
}

function lineOf(instruction: Instruction): number {
  return instruction.getRange().start.line + 1;
}

function unquote(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

function absolute(path: string, workingDirectory: string, keepSlash = false): string {
  const joined = path.startsWith('/')
    ? path
    : `${workingDirectory.replace(/\/$/, '')}/${path.replace(/^\.\/?/, '')}`;
  return keepSlash ? joined : joined.replace(/(.)\/$/, '$1');
}
