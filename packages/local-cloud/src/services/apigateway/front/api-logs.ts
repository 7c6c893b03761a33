import { createHash } from 'node:crypto';
import { LogStream } from '../../../jobs/log-stream';
import type { ApiGatewayState, RestApi, Stage } from '../control/state';
import { assumeLoggingRole } from '../control/logging-role';
import type { RequestContext } from './proxy-event';
import { methodSettings } from './usage';
import { substitute, type Variables } from './variables';

/** Writes the access and execution logs of stages, with the account's role for logs. */
export class ApiLogs {
  private readonly streams = new Map<string, LogStream>();

  constructor(private readonly state: ApiGatewayState) {}

  /** Writes a line in the stage's own format; a variable without a value is `-`. */
  access(api: RestApi, { stageName, accessLogSettings }: Stage, variables: Variables): void {
    const { destinationArn, format } = accessLogSettings ?? {};
    if (destinationArn === undefined || format === undefined) return;
    const group = destinationArn.split(':')[6]!;
    this.stream(group, `${api.id}/${stageName}`)?.write(substitute(format, variables, '-'));
  }

  /** Writes the reason of a failed request, if the stage logs errors. Never a payload. */
  failure(api: RestApi, stage: Stage, context: RequestContext, reason: string): void {
    const { requestId, httpMethod, resourcePath = '/' } = context;
    const { loggingLevel = 'OFF' } = methodSettings(stage, resourcePath, httpMethod);
    if (loggingLevel === 'OFF') return;
    const group = `API-Gateway-Execution-Logs_${api.id}/${stage.stageName}`;
    this.stream(group, resourcePath)?.write(`(${requestId}) ${reason}`);
  }

  /** Resolves when every line is written. */
  async close(): Promise<void> {
    await Promise.all([...this.streams.values()].map((stream) => stream.end()));
    this.streams.clear();
  }

  private stream(group: string, purpose: string): LogStream | undefined {
    const { cloudwatchRoleArn } = this.state.data;
    if (cloudwatchRoleArn === undefined) return undefined;
    const { cloud } = this.state;
    const principal = assumeLoggingRole(cloud, cloudwatchRoleArn);
    if (!principal) return undefined;
    const name = createHash('md5').update(purpose).digest('hex');
    let stream = this.streams.get(`${group}/${name}`);
    if (!stream) {
      const caller = { principal };
      stream = new LogStream(cloud, caller, group, name);
      this.streams.set(`${group}/${name}`, stream);
    }
    return stream;
  }
}
