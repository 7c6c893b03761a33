import type { Cloud } from '../core/cloud';
import type { Caller } from '../core/service';
import { pushImage } from './image-manifest';
import type { Builder } from '../containers/engine';

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
 * The tools of a build image, `docker` and `aws`, as far as they call this cloud: logins and pushes. The engine has the
 * rest of `docker`.
 */
export class BuildTools {
  private readonly passwords = new Set<string>();
  /** Host names of the registries that this build has logged in to. */
  private readonly registries = new Set<string>();

  constructor(
    private readonly cloud: Cloud,
    readonly builder: Builder,
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
    if (tool === 'aws') return this.aws(argv);
    const target = rest.at(-1) ?? '';
    // A token of ECR is valid for the registries of other accounts too.
    if (verb === 'login' && /\.dkr\.ecr\./.test(target)) return this.login(target, stdin.trim());
    if (verb === 'push' && target.startsWith(`${this.registry}/`)) return this.push(target);
    return this.builder.run(argv, cwd, stdin);
  }

  /** The host name of this cloud's registry. */
  private get registry(): string {
    return `${this.cloud.account}.dkr.ecr.${this.cloud.region}.amazonaws.com`;
  }

  private async aws(argv: readonly string[]): Promise<string> {
    const [service, operation, ...options] = argv;
    if (service === 'ecr' && operation === 'get-login-password') return this.loginPassword();
    if (service === 'ecr' && operation === 'describe-images') return this.describeImages(options);
    throw new Error(
      `'aws ${argv.join(' ')}' is not supported here; builds can use aws ecr get-login-password, aws ecr describe-images and docker`,
    );
  }

  private async describeImages(options: readonly string[]): Promise<string> {
    const [repositoryFlag, repositoryName, idFlag, id = ''] = options;
    const tag = /^imageTag=([^,]+)$/.exec(id)?.[1];
    if (
      options.length !== 4 ||
      repositoryFlag !== '--repository-name' ||
      idFlag !== '--image-ids' ||
      tag === undefined
    ) {
      throw new Error(
        `'aws ecr describe-images ${options.join(' ')}' is not supported here; use --repository-name NAME --image-ids imageTag=TAG`,
      );
    }
    const request = { repositoryName, imageIds: [{ imageTag: tag }] };
    const answer = await this.cloud.call('ecr', 'DescribeImages', request, this.caller);
    return `${JSON.stringify(answer, null, 4)}\n`;
  }

  private async loginPassword(): Promise<string> {
    const { authorizationData } = await this.cloud.call('ecr', 'GetAuthorizationToken', {}, this.caller);
    const token = authorizationData?.[0]?.authorizationToken ?? '';
    const password = Buffer.from(token, 'base64').toString('utf8').split(':')[1] ?? '';
    this.passwords.add(password);
    return `${password}\n`;
  }

  private login(registry: string, password: string): string {
    if (!this.passwords.has(password)) {
      throw new Error(`login attempt to https://${registry}/v2/ failed with status: 400 Bad Request`);
    }
    this.registries.add(registry);
    return 'Login Succeeded\n';
  }

  private async push(uri: string): Promise<string> {
    const image = await this.builder.tagged(uri);
    if (!image) throw new Error(`An image does not exist locally with the tag: ${uri}`);
    if (!this.registries.has(uri.split('/')[0]!)) throw new Error('no basic auth credentials');
    const digest = await pushImage(this.cloud, image, uri, this.caller);
    return `${uri.slice(uri.lastIndexOf(':') + 1)}: digest: ${digest}\n`;
  }
}
