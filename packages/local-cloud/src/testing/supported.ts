import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../core/cloud';
import { RESOURCE_TYPES, SERVICES } from '../services';

export interface Supported {
  /** Operations by service id. */
  readonly operations: Readonly<Record<string, readonly string[]>>;
  readonly resourceTypes: readonly string[];
  /** Packages of the SDK's clients by service id. */
  readonly clients: Readonly<Record<string, string>>;
}

/** Returns the operations and resource types of the local cloud, from the services themselves; it starts none. */
export function supported(): Supported {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'supported-'));
  try {
    const cloud = new Cloud({ stateDirectory }).register(...SERVICES);
    return {
      operations: Object.fromEntries(
        cloud.services.ids.sort().map((id) => [id, cloud.services.operationsOf(id)]),
      ),
      resourceTypes: Object.keys(RESOURCE_TYPES).sort(),
      clients: Object.fromEntries(cloud.services.ids.map((id) => [id, cloud.services.model(id)!.package])),
    };
  } finally {
    rmSync(stateDirectory, { recursive: true, force: true });
  }
}

/** Returns the tables of `SUPPORTED.md`. */
export function supportedTables(): string {
  const { operations, resourceTypes } = supported();
  const services = Object.entries(operations).map(
    ([service, names]) => `| \`${service}\` | ${names.map((name) => `\`${name}\``).join(' ')} |`,
  );
  const providers = [...new Set(resourceTypes.map((type) => type.split('::').slice(0, 2).join('::')))];
  const types = providers.map((provider) => {
    const names = resourceTypes.filter((type) => type.startsWith(`${provider}::`));
    return `| \`${provider}\` | ${names.map((type) => `\`${type.slice(provider.length + 2)}\``).join(' ')} |`;
  });
  return [
    '# Supported operations and resource types',
    '',
    'Generated from the code by `npm run supported -w local-cloud`. Everything else is refused by name.',
    '',
    '| service | operations |',
    '| --- | --- |',
    ...services,
    '',
    '| resource types | |',
    '| --- | --- |',
    ...types,
    '',
  ].join('\n');
}
