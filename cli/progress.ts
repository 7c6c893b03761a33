import { SingleBar } from 'cli-progress';
import { escapeText } from '../containers/table/escape.ts';
import { APPROVAL_STATE } from '../lib/contract/approval';
import { colorsOf, type Colors } from './colors';
import type { StateChange } from './execution';

/** A stream for the progress: standard output, or a recording in tests. */
export type Output = Pick<NodeJS.WriteStream, 'isTTY'> & { write(text: string): boolean };

/** The wait may take days. */
const WAITING = 'waiting for approval: npx mlops approve RUN, npx mlops reject RUN, or a link of the mail';

/** States that are not shown: choices, waits and bookkeeping. */
const MACHINERY = /\?$|^(Find|Use|Keep|Remember|Wait for|Describe|Note) /;

/** Lines of the training program that are printed in addition to its progress. */
const WORTH_READING =
  /resum|interrupt|SIGTERM|checkpoint .*(torn|skipped)|training rows|maxRuntimeMinutes|stopped early/i;

/** Shows the progress of a run: a line for each state, and a bar for the epochs on a terminal. */
export class Progress {
  private bar: SingleBar | undefined;
  private lastShown = 0;
  private readonly colors: Colors;

  constructor(private readonly out: Output) {
    this.colors = colorsOf(out);
  }

  step(text: string): void {
    this.write(`${this.colors.dim('·')} ${escapeText(text, Infinity)}`);
  }

  state({ kind, name, seconds }: StateChange): void {
    if (kind === 'entered' && name === APPROVAL_STATE) this.step(WAITING);
    if (kind !== 'left' || MACHINERY.test(name)) return;
    this.write(`${this.colors.green('✓')} ${name.padEnd(34)} ${this.colors.dim(`${seconds!.toFixed(1)} s`)}`);
  }

  /** Shows a line of the training program: epochs and rounds move the bar, other relevant lines are printed. */
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
    // The bar occupies the last line; the next epoch draws it again.
    this.end();
    this.out.write(`${line}\n`);
  }
}

/** Returns the metric that is shown next to the bar: the last one of a split, `validation:loss=0.2`, or of the line. */
function shortMetrics(line: string): string {
  const metrics = [...line.matchAll(/[\w:.-]+=[^;\s]+/g)].map(([metric]) => metric);
  return metrics.findLast((metric) => metric.includes(':')) ?? metrics.at(-1) ?? '';
}
