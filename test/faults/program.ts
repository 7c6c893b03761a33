import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { InProcessProgram, ProgramCall } from 'local-cloud/testing';

/** A row of the data whose value makes the model miss the gate. */
export const WEAK_ROW = 'weak';

const STOPPED = 143;

/**
 * The programs of a model that does as little as the contract allows: it answers the number of rows that it was trained
 * on, and its score is 0.9, or 0.6 with a {@link WEAK_ROW} in the data.
 */
export const program: InProcessProgram = async (call) => {
  switch (call.arguments[0]) {
    case 'train':
      return train(call);
    case 'evaluate':
      return evaluate(call);
    case 'serve':
      return serve(call);
    default:
      return preprocess(call);
  }
};

function write({ base }: ProgramCall, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(base, file)), { recursive: true });
  writeFileSync(path.join(base, file), text);
}

function linesOf({ base }: ProgramCall, folder: string): string[] {
  return readdirSync(path.join(base, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8').split('\n'))
    .filter((line) => line !== '');
}

/** A fault of the input: the sentence is what the team reads. */
function refuse(call: ProgramCall, file: 'failure' | 'message', sentence: string): number {
  write(call, `output/${file}`, sentence);
  return 1;
}

function preprocess(call: ProgramCall): number {
  const shard = call.environment.SHARD_INDEX;
  const lines = linesOf(call, 'processing/input/data');
  for (const folder of ['train', 'validation', 'scoring/validation', 'scoring/test'])
    write(call, `processing/output/${folder}/shard-${shard}.txt`, `${lines.join('\n')}\nend\n`);
  const rows = { train: lines.length, validation: lines.length, test: lines.length };
  write(call, `processing/output/report/shard-${shard}.json`, JSON.stringify({ rows, rejected: 0 }));
  return 0;
}

async function train(call: ProgramCall): Promise<number> {
  const lines = linesOf(call, 'input/data/train');
  if (lines.at(-1) !== 'end')
    return refuse(call, 'failure', 'channel train: its last file is cut; preprocess anew');
  const checkpoint = path.join(call.base, 'checkpoints/state');
  if (!existsSync(checkpoint)) {
    write(call, 'checkpoints/state.tmp', String(lines.length));
    renameSync(`${checkpoint}.tmp`, checkpoint);
    // Time for an interruption, which follows a checkpoint.
    await delay(20, undefined, { signal: call.stopped }).catch(() => undefined);
    if (call.stopped.aborted) return STOPPED;
  }
  const score = lines.includes(WEAK_ROW) ? 0.6 : 0.9;
  call.print(`validation:score=${score};`);
  write(call, 'model/model.json', JSON.stringify({ rows: lines.length, score }));
  return 0;
}

const measured = (value: number) => ({ score: { value, interval: [value - 0.05, value + 0.05] } });

function evaluate(call: ProgramCall): number {
  const lines = linesOf(call, 'processing/input/test');
  if (lines.at(-1) !== 'end')
    return refuse(call, 'message', 'input test: its last file is cut; preprocess anew');
  const { CANDIDATE_VERSION, CHAMPION_VERSION, BOOTSTRAP_RESAMPLES, BOOTSTRAP_CONFIDENCE } = call.environment;
  const score = lines.includes(WEAK_ROW) ? 0.6 : 0.9;
  const evaluation = {
    task: 'classification',
    holdout: { rows: lines.length, sha256: '0'.repeat(64) },
    bootstrap: { resamples: Number(BOOTSTRAP_RESAMPLES), confidence: Number(BOOTSTRAP_CONFIDENCE) },
    naive: { description: 'always the same', metrics: measured(0.5) },
    candidate: { version: CANDIDATE_VERSION, metrics: measured(score) },
    champion: CHAMPION_VERSION ? { version: CHAMPION_VERSION, metrics: measured(0.9) } : null,
    differences: CHAMPION_VERSION ? { score: { value: score - 0.9, interval: [-0.01, 0.01] } } : null,
    advantages: { score: { value: score - 0.5, interval: [0.05, 0.5] } },
    agreement: { rows: lines.length, metrics: { score } },
  };
  write(call, 'processing/output/evaluation.json', JSON.stringify(evaluation));
  const answer = { rows: lines.length, modelVersion: CANDIDATE_VERSION };
  const golden = [{ contentType: 'application/json', body: '1', answer, label: 1 }];
  write(call, 'processing/output/golden.json', JSON.stringify(golden));
  return 0;
}

async function serve(call: ProgramCall): Promise<number> {
  const { rows } = JSON.parse(readFileSync(path.join(call.base, 'model/model.json'), 'utf8')) as {
    rows: number;
  };
  const text = JSON.stringify({ rows, modelVersion: call.environment.MODEL_VERSION });
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      if (request.url === '/ping') return response.writeHead(200).end();
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    });
  });
  server.listen(call.port, '127.0.0.1');
  if (!call.stopped.aborted) await once(call.stopped, 'abort');
  server.close();
  server.closeAllConnections();
  return STOPPED;
}
