import { join, resolve } from 'node:path';
import type { Cloud } from '../core/cloud';
import type { Caller } from '../core/service';
import { pushImage } from './image-manifest';
import type { ProcessImage, ProcessImages } from './process-image';

/** One call of a tool from a build's shell. */
export interface ToolCall {
  argv: string[];
  cwd: string;
  /** Standard input; set for `docker login` only. */
  stdin?: string;
}

export interface ToolResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * The tools of a build image, `docker` and `aws`, emulated as far as builds use them; this machine may not have them.
 */
export class BuildTools {
  private readonly tagged = new Map<string, ProcessImage>();
  private readonly passwords = new Set<string>();
  /** Host names of the registries that this build has logged in to. */
  private readonly registries = new Set<string>();

  constructor(
    private readonly cloud: Cloud,
    private readonly images: ProcessImages,
    private readonly caller: Caller,
  ) {}

  async run(tool: string, call: ToolCall): Promise<ToolResult> {
    try {
      return { exitCode: 0, stderr: '', stdout: await this.dispatch(tool, call) };
    } catch (error) {
      const { name, message } = error as Error;
      return { exitCode: 1, stdout: '', stderr: `${tool} ${call.argv[0] ?? ''}: ${name}: ${message}\n` };
    }
  }

  private async dispatch(tool: string, { argv, cwd, stdin = '' }: ToolCall): Promise<string> {
    const [verb = '', ...rest] = argv;
    if (tool === 'aws' && verb === 'ecr' && rest[0] === 'get-login-password') {
      const { authorizationData } = await this.cloud.call('ecr', 'GetAuthorizationToken', {}, this.caller);
      const token = authorizationData?.[0]?.authorizationToken ?? '';
      const password = Buffer.from(token, 'base64').toString('utf8').split(':')[1] ?? '';
      this.passwords.add(password);
      return `${password}\n`;
    }
    if (tool === 'docker' && verb === 'login') return this.login(rest.at(-1) ?? '', stdin.trim());
    if (tool === 'docker' && verb === 'build') return this.build(rest, cwd);
    if (tool === 'docker' && verb === 'push') return this.push(rest[0] ?? '');
    throw new Error(
      `'${[tool, ...argv].join(' ')}' is not supported here; builds can use aws ecr get-login-password and docker login, build and push`,
    );
  }

  private login(registry: string, password: string): string {
    if (!this.passwords.has(password)) {
      throw new Error(`login attempt to https://${registry}/v2/ failed with status: 400 Bad Request`);
    }
    this.registries.add(registry);
    return 'Login Succeeded\n';
  }

  private build(argv: readonly string[], cwd: string): string {
    const options = readBuildOptions(argv);
    const lines: string[] = [];
    const context = resolve(cwd, options.context);
    const dockerfile = resolve(cwd, options.file ?? join(context, 'Dockerfile'));
    const say = (line: string) => void lines.push(line);
    const image = this.images.build(context, options.buildArguments, say, dockerfile);
    for (const tag of options.tags) this.tagged.set(tag, image);
    return `${lines.join('\n')}\nwriting image ${image.id}\n`;
  }

  private async push(uri: string): Promise<string> {
    const image = this.tagged.get(uri);
    if (!image) throw new Error(`An image does not exist locally with the tag: ${uri}`);
    if (!this.registries.has(uri.split('/')[0]!)) throw new Error('no basic auth credentials');
    const digest = await pushImage(this.cloud, image, uri, this.caller);
    return `${uri.slice(uri.lastIndexOf(':') + 1)}: digest: ${digest}\n`;
  }
}

interface BuildOptions {
  buildArguments: Record<string, string>;
  tags: string[];
  context: string;
  /** The Dockerfile's path, relative to the working directory as in Docker; default: `Dockerfile` in the context. */
  file?: string;
}

/** Reads `docker build --build-arg NAME=value --file path --tag uri:tag context`. */
function readBuildOptions(argv: readonly string[]): BuildOptions {
  const options: BuildOptions = { buildArguments: {}, tags: [], context: '' };
  const words = argv.flatMap((word) => (/^--[\w-]+=/.test(word) ? splitOnce(word, '=') : [word]));
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    if (word === '--build-arg') {
      const [name, value] = splitOnce(words[++i] ?? '', '=');
      options.buildArguments[name!] = value ?? '';
    } else if (word === '--tag' || word === '-t') {
      options.tags.push(words[++i] ?? '');
    } else if (word === '--file' || word === '-f') {
      options.file = words[++i] ?? '';
    } else if (word.startsWith('-')) {
      throw new Error(
        `docker build: option ${word} is not supported here; use --build-arg, --file and --tag`,
      );
    } else {
      options.context = word;
    }
  }
  if (!options.context) throw new Error('docker build: no build context; name a folder, e.g. "."');
  return options;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
