import type { Readable } from 'node:stream';

/**
 * Milliseconds to wait for the end of an invocation's output, because a function that closes its standard output never
 * writes the end marker.
 */
const WAIT_MS = 250;

/** The line that ends an invocation's output, on standard output and on standard error. */
const END = /^\0end (.+)$/;

/** Assigns the lines that a function's process writes to their invocations. */
export class FunctionOutput {
  private readonly ends = new Map<string, number>();
  private noticed: (() => void) | undefined;

  constructor(
    private readonly streams: readonly Readable[],
    private readonly onLine: (line: string) => void,
  ) {
    for (const stream of streams) this.read(stream);
  }

  /** Resolves when every stream has delivered the invocation's last line. */
  async ended(requestId: string): Promise<void> {
    const isEnded = () => (this.ends.get(requestId) ?? 0) >= this.streams.length;
    let timer: NodeJS.Timeout | undefined;
    if (!isEnded()) {
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, WAIT_MS);
        this.noticed = () => isEnded() && resolve();
      });
    }
    clearTimeout(timer);
    this.noticed = undefined;
    this.ends.delete(requestId);
  }

  /** Reads lines without `readline`, which also ends a line at a carriage return. */
  private read(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.receive(line);
    });
    stream.once('end', () => this.receive(rest));
  }

  private receive(line: string): void {
    const requestId = END.exec(line)?.[1];
    if (requestId !== undefined) {
      this.ends.set(requestId, (this.ends.get(requestId) ?? 0) + 1);
      this.noticed?.();
    } else if (line !== '') {
      // The runtime replaces an event's line breaks with carriage returns, to keep the event on one line.
      this.onLine(line.replaceAll('\r', '\n'));
    }
  }
}
