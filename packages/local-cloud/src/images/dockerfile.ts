import {
  DockerfileParser,
  type Instruction,
  type ModifiableInstruction,
  type Property,
  type PropertyInstruction,
} from 'dockerfile-ast';
import { fillVariables, type Variables } from './variables';

/** One instruction, its build arguments and environment variables filled in. */
export type Step =
  | { kind: 'copy'; sources: string[]; target: string; line: number }
  | { kind: 'run'; command: string; workingDirectory: string; line: number };

/** What a Dockerfile of one stage comes to. */
export interface ImagePlan {
  baseImage: string;
  steps: Step[];
  environment: Record<string, string>;
  workingDirectory: string;
  entrypoint: string[];
  command: string[];
}

export class DockerfileError extends Error {}

/** Instructions that say something about a container but change nothing here. */
const WITHOUT_EFFECT = new Set(['EXPOSE', 'LABEL', 'USER', 'STOPSIGNAL', 'MAINTAINER', 'HEALTHCHECK']);

/**
 * Reads a Dockerfile as far as a process can play the image: one stage, COPY from the context, exec-form
 * ENTRYPOINT. Anything else is refused by name and line.
 *
 * @throws DockerfileError
 */
export function readDockerfile(text: string, buildArguments: Variables): ImagePlan {
  const reader = new Reader(buildArguments);
  for (const instruction of DockerfileParser.parse(text).getInstructions()) reader.read(instruction);
  const { plan } = reader;
  if (!plan.baseImage) throw new DockerfileError('The Dockerfile has no FROM with a base image.');
  if (plan.entrypoint.length === 0) throw new DockerfileError('The Dockerfile has no ENTRYPOINT.');
  return plan;
}

class Reader {
  readonly plan: ImagePlan = {
    baseImage: '',
    steps: [],
    environment: {},
    workingDirectory: '/',
    entrypoint: [],
    command: [],
  };
  /** Of ARG lines before FROM: FROM sees them, the stage only those that it names again. */
  private readonly outside: Record<string, string> = {};
  private readonly declared: Record<string, string> = {};

  constructor(private readonly buildArguments: Variables) {}

  read(instruction: Instruction): void {
    const { plan } = this;
    const keyword = instruction.getKeyword();
    if (!plan.baseImage && keyword !== 'ARG' && keyword !== 'FROM') {
      this.refuse(instruction, 'stands before FROM.');
    }
    if (WITHOUT_EFFECT.has(keyword)) return;
    switch (keyword) {
      case 'ARG':
        return this.declare(instruction as PropertyInstruction);
      case 'FROM':
        if (plan.baseImage) this.refuse(instruction, 'begins a second stage; the process engine knows one.');
        plan.baseImage = this.words(instruction)[0] ?? '';
        return;
      case 'ENV':
        for (const property of (instruction as PropertyInstruction).getProperties()) {
          plan.environment[property.getName()] = this.value(instruction, property);
        }
        return;
      case 'WORKDIR':
        plan.workingDirectory = absolute(this.whole(instruction) || '/', plan.workingDirectory);
        return;
      case 'COPY':
        return this.copy(instruction as ModifiableInstruction);
      case 'RUN':
        plan.steps.push({
          kind: 'run',
          // The shell would fill in its variables, not Docker.
          command: instruction
            .getArguments()
            .map((argument) => argument.getValue())
            .join(' '),
          workingDirectory: plan.workingDirectory,
          line: lineOf(instruction),
        });
        return;
      case 'ENTRYPOINT':
        plan.entrypoint = this.execForm(instruction);
        return;
      case 'CMD':
        plan.command = this.execForm(instruction);
        return;
      default:
        this.refuse(instruction, 'is not supported by the process engine.');
    }
  }

  private declare(instruction: PropertyInstruction): void {
    const inStage = this.plan.baseImage !== '';
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
      this.refuse(instruction, `with ${instruction.getFlags()[0]!.toString()} is not supported here.`);
    }
    if (instruction.getRawArgumentsContent()?.startsWith('[')) {
      this.refuse(instruction, 'as a JSON list is not supported here; write the names without brackets.');
    }
    const words = this.words(instruction);
    if (words.length < 2) this.refuse(instruction, 'needs at least one source and the target.');
    const outside = words.slice(0, -1).find((name) => name.split('/').includes('..'));
    if (outside) this.refuse(instruction, `${outside} lies outside of the build context.`);
    this.plan.steps.push({
      kind: 'copy',
      sources: words.slice(0, -1).map((name) => name.replace(/^\/+/, '') || '.'),
      target: absolute(words.at(-1)!, this.plan.workingDirectory, true),
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
    // A shell between Docker and the program would swallow SIGTERM.
    return this.refuse(instruction, 'is in shell form; write it as a JSON list, so that signals arrive.');
  }

  private words(instruction: Instruction): string[] {
    return instruction.getArguments().map((argument) => this.fill(instruction, argument.getValue()));
  }

  private whole(instruction: Instruction): string {
    return this.fill(instruction, unquote(instruction.getArgumentsContent() ?? ''));
  }

  /** In single quotes everything is literal, in double quotes or none variables and backslashes count. */
  private value(instruction: Instruction, property: Property): string {
    const written = property.getUnescapedValue() ?? '';
    if (written.startsWith("'")) return unquote(written);
    return this.fill(instruction, unquote(written)).replace(/\\(["\\ ])/g, '$1');
  }

  private fill(instruction: Instruction, text: string): string {
    const { baseImage, environment } = this.plan;
    const variables = baseImage ? { ...this.declared, ...environment } : this.outside;
    return fillVariables(text, variables, (form) =>
      this.refuse(instruction, `has ${form}; of variables, $NAME, \${NAME}, :- and :+ are supported here.`),
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
