import { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { escapeText } from '../containers/table/escape.ts';
import { APPROVAL_STATE } from '../lib/contract/approval';
import type { StateChange } from './execution';

/** Where it is shown: standard output, or what a test records. */
export type Output = Pick<NodeJS.WriteStream, 'isTTY'> & { write(text: string): boolean };

/** It may be days. */
const WAITING = 'it waits for approval: npx mlops approve RUN, or reject, or a link of the mail';

/** Questions, waits and notes take no time worth a line: a person wants to see the work. */
const MACHINERY = /\?$|^(Find|Use|Keep|Remember|Wait for|Describe|Note) /;

/** Lines of the training program that are printed besides its progress. */
const WORTH_READING =
  /resum|interrupt|SIGTERM|checkpoint .*(torn|skipped)|training rows|maxRuntimeMinutes|stopped early/i;

/** Shows a run while it goes on: a line a state, and a bar for the epochs where there is a terminal. */
export class Progress {
  private bar: SingleBar | undefined;
  private lastShown = 0;
  private readonly colors: ReturnType<typeof pc.createColors>;

  constructor(private readonly out: Output) {
    // picocolors would also colour where CI is set: that is no terminal.
    this.colors = pc.createColors(Boolean(out.isTTY) && pc.isColorSupported);
  }

  step(text: string): void {
    this.write(`${this.colors.dim('·')} ${escapeText(text, Infinity)}`);
  }

  state({ kind, name, seconds }: StateChange): void {
    if (kind === 'entered' && name === APPROVAL_STATE) this.step(WAITING);
    if (kind !== 'left' || MACHINERY.test(name)) return;
    this.write(`${this.colors.green('✓')} ${name.padEnd(34)} ${this.colors.dim(`${seconds!.toFixed(1)} s`)}`);
  }

  /** A line of the training program: epochs and rounds move the bar, what else matters is printed. */
  trainingLine(said: string): void {
    const line = escapeText(said, Infinity);
    const step = /^(epoch|round)=(\d+)\/(\d+);/.exec(line);
    if (!step) {
      if (WORTH_READING.test(line)) this.write(`  ${this.colors.yellow(line)}`);
      return;
    }
    const unit = step[1]!;
    const [done, total] = [Number(step[2]), Number(step[3])];
    const metrics = line.slice(line.indexOf(';') + 1).trim();
    if (this.out.isTTY) this.moveBar(done, total, unit, metrics);
    else if (done === total || done - this.lastShown >= total / 10 || done < this.lastShown) {
      this.lastShown = done;
      this.write(`  ${unit} ${done}/${total} ${metrics}`);
    }
  }

  end(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private moveBar(done: number, total: number, unit: string, metrics: string): void {
    if (!this.bar) {
      this.bar = new SingleBar({
        stream: this.out as NodeJS.WriteStream,
        format: '  training {bar} {value}/{total} {unit}s  {metrics}',
        barsize: 24,
        clearOnComplete: true,
        linewrap: false,
        hideCursor: true,
      });
      this.bar.start(total, done, { unit, metrics: shortMetrics(metrics) });
    }
    this.bar.update(done, { unit, metrics: shortMetrics(metrics) });
    if (done >= total) this.end();
  }

  private write(line: string): void {
    // The bar holds the last line; it comes back with the next epoch.
    this.end();
    this.out.write(`${line}\n`);
  }
}

/** What fits beside a bar. */
function shortMetrics(line: string): string {
  return /validation:(accuracy|rmse)=[^;]+/.exec(line)?.[0] ?? '';
}
