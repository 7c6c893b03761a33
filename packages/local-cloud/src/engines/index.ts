import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../core/cloud';
import type { Interpreters } from '../jobs/container-process';
import { DockerEngine } from './docker/docker-engine';
import type { Engine, EngineName } from '../containers/engine';
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
    assertOwn(cloud, engine);
    this.engine = engine === 'docker' ? new DockerEngine(cloud) : new ProcessEngine(cloud, interpreters);
  }
}

/** Returns the engine of a cloud's containers. */
export function engineOf(cloud: Cloud): Engine {
  return cloud.part(ChosenEngine).engine;
}

/**
 * Starts the engine of a cloud, to which the state directory then belongs: images in its registry are of one engine.
 *
 * @throws Error with what to do if the engine cannot be used
 */
export async function startEngine(cloud: Cloud): Promise<void> {
  const engine = engineOf(cloud);
  await engine.start();
  const store = recorded(cloud);
  store.data.engine = engine.name;
  store.changed();
}

function recorded({ stores, stateDirectory }: Cloud) {
  // Older versions recorded no engine, and had one.
  const built = existsSync(join(stateDirectory, 'images'));
  return stores.store<{ engine?: EngineName }>('engine', () => (built ? { engine: 'process' } : {}));
}

/** @throws Error if the state directory belongs to the other engine */
function assertOwn(cloud: Cloud, engine: EngineName): void {
  const before = recorded(cloud).data.engine;
  const { stateDirectory } = cloud;
  if (before !== undefined && before !== engine) {
    throw new Error(
      `The state directory ${stateDirectory} belongs to the engine '${before}', and its images cannot be run by '${engine}'. Use --engine ${before}, another directory (--state), or remove its state (--fresh).`,
    );
  }
}

declare module '../core/service' {
  interface Settings {
    containers?: EngineSettings;
  }
}
