import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../core/cloud';
import type { Interpreters } from '../jobs/container-process';
import { DockerEngine } from './docker/docker-engine';
import type { Engine, EngineName } from './engine';
import { ProcessEngine } from './process-engine';

export interface EngineSettings {
  /** By default, `process`. */
  engine?: EngineName;
  /** The interpreters of the process engine; default: this process's Node.js and Debian's Python. */
  interpreters?: Interpreters;
}

const INTERPRETERS: Interpreters = { node: process.execPath, python: '/usr/bin/python3' };

class ChosenEngine {
  readonly engine: Engine;

  constructor(cloud: Cloud) {
    const { engine = 'process', interpreters = INTERPRETERS } = cloud.settings.containers ?? {};
    keepEngine(cloud, engine);
    this.engine = engine === 'docker' ? new DockerEngine(cloud) : new ProcessEngine(cloud, interpreters);
  }
}

/** Returns the engine of a cloud's containers. */
export function engineOf(cloud: Cloud): Engine {
  return cloud.part(ChosenEngine).engine;
}

/**
 * Records the engine of a state directory: the images in its registry belong to one engine.
 *
 * @throws Error if the directory belongs to the other engine
 */
function keepEngine({ stores, stateDirectory }: Cloud, engine: EngineName): void {
  const built = existsSync(join(stateDirectory, 'images'));
  const store = stores.store<{ engine?: EngineName }>('engine', () => (built ? { engine: 'process' } : {}));
  const before = store.data.engine;
  if (before !== undefined && before !== engine) {
    throw new Error(
      `The state directory ${stateDirectory} belongs to the engine '${before}', and its images cannot be run by '${engine}'. Use --engine ${before}, another directory (--state), or remove its state (--fresh).`,
    );
  }
  if (before === undefined) {
    store.data.engine = engine;
    store.changed();
  }
}

declare module '../core/service' {
  interface Settings {
    containers?: EngineSettings;
  }
}
