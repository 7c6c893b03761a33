import { RequestError } from './errors.ts';
import { httpServer, listen, readBody, stopOnSignal, type Answer, type Routes } from './http.ts';
import { parseInstances } from './instances.ts';
import { describe } from './predictions.ts';
import { startPredictor, type Predictor } from './predictor.ts';
import type { ServeSettings } from './settings.ts';

const VERSION_CHARACTERS = 12;

/**
 * Serves a model over HTTP until SIGTERM; once the model is loaded, resolves to a line that says so and where.
 *
 * The port is open before the model is there: SageMaker wants connections accepted within 250 ms, and asks
 * `/ping` until it answers 200.
 *
 * @throws UserError if the model cannot be used, or the port is taken.
 */
export async function serve(settings: ServeSettings, threadFile: string): Promise<string> {
  const loaded: { predictor?: Predictor } = {};
  const server = httpServer(routes(settings, () => loaded.predictor));
  const address = await listen(server, settings.host, settings.port);
  stopOnSignal(server);
  loaded.predictor = await startPredictor(threadFile, settings.modelDirectory);
  const { classes, features } = loaded.predictor.manifest;
  return (
    `ready: process ${process.pid}, ${features.length} features, ${classes.length} classes, ` +
    `http://${address.address}:${address.port}`
  );
}

function routes(settings: ServeSettings, loaded: () => Predictor | undefined): Routes {
  const ready = (): Predictor => {
    const predictor = loaded();
    if (predictor) return predictor;
    throw new RequestError('ModelNotReady', 'the model is being loaded; try again in a moment');
  };
  return {
    '/ping': { GET: () => (ready(), { status: 200 }) },
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
