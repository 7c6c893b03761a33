import type { Warning } from '../table/notes.ts';
import { RequestError } from './errors.ts';
import { httpServer, listen, readBody, stopOnSignal, type Answer, type Routes } from './http.ts';
import { parseInstances } from './instances.ts';
import { describe, leastBytes, type Prediction } from './predictions.ts';
import { startPredictor, type Predictor } from './predictor.ts';
import type { Siblings } from './processes.ts';
import { tableOf, type Table } from './request-table.ts';
import type { ServeSettings } from './settings.ts';

const VERSION_CHARACTERS = 12;

interface LoadedPredictor extends Predictor {
  readonly table: Table;
}

/**
 * Serves a model over HTTP until SIGTERM; resolves to a line with the address once the model is loaded.
 *
 * The port opens before the model is loaded: SageMaker requires connections to be accepted within 250 ms, and requests
 * `/ping` until it answers 200. A process whose siblings serve loads its model first.
 *
 * @throws UserError if the model cannot be used, or the port is taken
 */
export async function serve(
  settings: ServeSettings,
  threadFile: string,
  { ready, serving }: Siblings,
): Promise<string> {
  const loaded: { predictor?: LoadedPredictor } = {};
  const load = async () => {
    const predictor = await startPredictor(threadFile, settings.modelDirectory);
    const { manifest } = predictor;
    const maxRows = Math.floor(settings.maxAnswerBytes / leastBytes(manifest));
    return (loaded.predictor = { ...predictor, table: tableOf(manifest.encoding, maxRows) });
  };
  const server = httpServer(routes(settings, () => loaded.predictor, ready));
  if (serving) await load();
  const address = await listen(server, settings.host, settings.port);
  stopOnSignal(server);
  const { features, label } = (loaded.predictor ?? (await load())).manifest.encoding;
  const answers = label.kind === 'class' ? `${label.classes.length} classes` : 'a number';
  return (
    `ready: process ${process.pid}, ${features.length} features, ${answers}, ` +
    `http://${address.address}:${address.port}`
  );
}

function routes(
  settings: ServeSettings,
  loaded: () => LoadedPredictor | undefined,
  siblingsReady: () => boolean,
): Routes {
  const ready = (): LoadedPredictor => {
    const predictor = loaded();
    if (predictor) return predictor;
    throw notReady();
  };
  const healthy = (): Answer => {
    ready();
    if (siblingsReady()) return { status: 200 };
    throw notReady();
  };
  return {
    '/ping': { GET: healthy },
    '/invocations': {
      async POST(request): Promise<Answer> {
        const predictor = ready();
        const body = await readBody(request, settings.maxBodyBytes);
        const instances = parseInstances(request.headers['content-type'], body, predictor.table);
        const { rows, warnings } = instances;
        const output = await predictor.predict(instances.values, rows);
        const { manifest } = predictor;
        const answer = {
          modelVersion: settings.modelVersion ?? manifest.sha256.slice(0, VERSION_CHARACTERS),
          predictions: describe(manifest, output),
          warnings: warnings.length > 0 ? warnings : undefined,
        };
        return { status: 200, body: boundedAnswer(answer, settings.maxAnswerBytes) };
      },
    },
  };
}

interface InvocationAnswer {
  readonly modelVersion: string;
  readonly predictions: readonly Prediction[];
  readonly warnings: readonly Warning[] | undefined;
}

/** Limits an answer. @throws RequestError `PayloadTooLarge` that names the number of rows that would fit */
function boundedAnswer(answer: InvocationAnswer, limit: number): string {
  const text = JSON.stringify(answer);
  const bytes = Buffer.byteLength(text);
  if (bytes <= limit) return text;
  const rows = answer.predictions.length;
  const around = Buffer.byteLength(JSON.stringify({ ...answer, predictions: [] }));
  const fitting = Math.max(1, Math.floor((rows * (limit - around)) / (bytes - around)));
  throw new RequestError(
    'PayloadTooLarge',
    `body: the answer to ${rows} rows has ${bytes} bytes, of which ${limit} are allowed; send fewer rows in a ` +
      `request: about ${fitting} fit`,
  );
}

function notReady(): RequestError {
  return new RequestError('ModelNotReady', 'the model is being loaded; try again in a moment');
}
