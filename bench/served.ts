import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalCloud } from 'local-cloud';
import { findFiles } from '../cli/training-data';
import { Progress } from '../cli/progress';
import type { PipelineConfig } from '../lib/config';
import { goldenBody } from '../lib/contract/golden';
import { runPipeline } from '../start/pipeline';
import { openSession } from '../start/session';

/** What to serve. */
export interface ServedOrder {
  /** Folder of the cloud assembly. */
  readonly assembly: string;
  readonly config: PipelineConfig;
  /** Interpreter that has PyTorch. */
  readonly python: string;
}

/** A model in service. */
export interface Served {
  /** Of `POST /predict`. */
  readonly url: string;
  readonly key: string;
  /** Body of a golden request. */
  readonly body: string;
  /** Folder of the cloud's files. */
  readonly state: string;
  /** Options of SDK clients. */
  readonly client: ReturnType<LocalCloud['clientOptions']>;
}

/**
 * The pipeline on a local cloud in a separate process, with a champion that serves: the memory of this process is the
 * cloud's alone. Begins with a {@link ServedOrder} and answers with {@link Served}; to `'collect'` it collects garbage
 * and answers; it ends when its parent disconnects.
 */
process.once('message', (order: ServedOrder) => {
  serve(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function serve({ assembly, config, python }: ServedOrder): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'served-'));
  const session = await openSession({ assembly, config, state, python, fresh: false, port: 0 });
  process.once('disconnect', () => {
    void session.cloud.close().finally(() => {
      rmSync(state, { recursive: true, force: true });
      process.exit(0);
    });
  });
  const sample = config.data.sample!;
  const files = {
    source: sample.data,
    schema: sample.schema ?? null,
    ...findFiles(sample.data, config.data),
  };
  const options = { data: files, set: {}, force: false, interruptTraining: 0 };
  const { lastRun, golden } = await runPipeline(
    session,
    options,
    new Progress({ isTTY: false, write: () => true }),
  );
  if (!golden) throw new Error(`no model was deployed: ${lastRun.error} ${lastRun.message}`);
  process.on('message', () => {
    globalThis.gc?.();
    process.send!('collected');
  });
  const { url, key } = session.api!;
  const body = Buffer.from(goldenBody(golden)).toString();
  process.send!({ url, key, body, state, client: session.cloud.clientOptions() } satisfies Served);
}
