import { RequestError } from './errors.ts';
import { httpServer, listen, readBody, stopOnSignal, type Answer, type Routes } from './http.ts';
import { parseInstances } from './instances.ts';
import { describe } from './predictions.ts';
import { startPredictor, type Predictor } from './predictor.ts';
import type { Siblings } from './processes.ts';
import type { ServeSettings } from './settings.ts';

const VERSION_CHARACTERS = 12;

/**
 * Serves a model over HTTP until SIGTERM; once the model is loaded, resolves to a line that says so and where.
 *
 * The port is open before the model is there: SageMaker wants connections accepted within 250 ms, and asks
 * `/ping` until it answers 200. A process whose siblings serve loads its model first.
 *
 * @throws UserError if the model cannot be used, or the port is taken.
 */
export async function serve(
  settings: ServeSettings,
  threadFile: string,
  { ready, serving }: Siblings,
): Promise<string> {
  const loaded: { predictor?: Predictor } = {};
  const load = async () => (loaded.predictor = await startPredictor(threadFile, settings.modelDirectory));
  const server = httpServer(routes(settings, () => loaded.predictor, ready));
  if (serving) await load();
  const address = await listen(server, settings.host, settings.port);
  stopOnSignal(server);
  const { manifest } = loaded.predictor ?? (await load());
  const { classes, features } = manifest;
  return (
    `ready: process ${process.pid}, ${features.length} features, ${classes.length} classes, ` +
    `http://${address.address}:${address.port}`
  );
}

function routes(
  settings: ServeSettings,
  loaded: () => Predictor | undefined,
  siblingsReady: () => boolean,
): Routes {
  const ready = (): Predictor => {
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
        const { manifest } = predictor;
        const contentType = request.headers['content-type'];
        const { values, rows } = parseInstances(contentType, await readBody(request), manifest.features);
        const predictions = describe(manifest, await predictor.predict(values, rows));
        const modelVersion = settings.modelVersion ?? manifest.sha256.slice(0, VERSION_CHARACTERS);
        return { status: 200, body: { modelVersion, predictions } };
      },
    },
  };
}

function notReady(): RequestError {
  return new RequestError('ModelNotReady', 'the model is being loaded; try again in a moment');
}
