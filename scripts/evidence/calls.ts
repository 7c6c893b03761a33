import { findIntegration, supported } from 'local-cloud/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { everything } from '../../test/templates/support/everything';
import { allStates, definitionOf } from '../../test/templates/support/state-machine';
import { synthesise } from '../../test/templates/support/synthesis';

/** An operation of a service that the pipeline or its command line calls. */
export interface ServiceCall {
  /** The SDK's service id in lower case, such as `sagemaker`. */
  readonly service: string;
  readonly operation: string;
  /** `state machine`, or the folder of the sources that call it, such as `lambda/scale`. */
  readonly callers: readonly string[];
  /** Arguments of optimized tasks, which Step Functions checks itself. */
  readonly parameters: readonly string[];
}

export const STATE_MACHINE = 'state machine';

/** Collects callers and parameters by call. */
class Calls {
  private readonly found = new Map<string, { callers: Set<string>; parameters: Set<string> }>();

  add(service: string, operation: string, caller: string, parameters: readonly string[] = []): void {
    const key = `${service}:${operation}`;
    const call = this.found.get(key) ?? { callers: new Set(), parameters: new Set() };
    call.callers.add(caller);
    for (const name of parameters) call.parameters.add(name);
    this.found.set(key, call);
  }

  all(): ServiceCall[] {
    return [...this.found].sort(byText).map(([key, { callers, parameters }]) => {
      const [service, operation] = key.split(':') as [string, string];
      return { service, operation, callers: [...callers].sort(), parameters: [...parameters].sort() };
    });
  }
}

const byText = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

/** Returns the calls of all state machines, functions and commands; not those of AWS's services for each other. */
export function serviceCalls(): ServiceCall[] {
  const calls = new Calls();
  for (const config of everything) addTasks(calls, definitionOf(synthesise(config)));
  const { clients } = supported();
  const serviceOf = new Map(Object.entries(clients).map(([service, name]) => [name, service]));
  for (const file of ['lambda', 'cli'].flatMap(sources)) addImports(calls, file, serviceOf);
  return calls.all();
}

function addTasks(calls: Calls, definition: ReturnType<typeof definitionOf>): void {
  for (const [name, state] of allStates(definition)) {
    if (state.Type !== 'Task') continue;
    const { Resource, Arguments } = state as { Resource: string; Arguments?: object };
    const integration = findIntegration(Resource);
    if (!integration) throw new Error(`the state "${name}" has the unknown resource ${Resource}`);
    // A whole expression has no names to look at.
    const parameters = typeof Arguments === 'object' ? Object.keys(Arguments) : [];
    if (integration.kind === 'lambda') calls.add('lambda', 'Invoke', STATE_MACHINE);
    else if (integration.kind === 'sdk') calls.add(integration.service, integration.operation, STATE_MACHINE);
    else if (integration.kind === 'request')
      calls.add(integration.service, integration.operation, STATE_MACHINE, parameters);
    else {
      const { service, create, describe, stop } = integration.job;
      calls.add(service, create, STATE_MACHINE, parameters);
      for (const operation of [describe, stop]) calls.add(service, operation, STATE_MACHINE);
    }
  }
}

/** Adds the commands and paginators of the SDK that a source file imports, with its folder as the caller. */
function addImports(calls: Calls, file: string, serviceOf: ReadonlyMap<string, string>): void {
  const text = readFileSync(file, 'utf8');
  for (const [, names, name] of text.matchAll(
    /^import (?!type)([^;]*?) from '(@aws-sdk\/client-[^']+)';/gms,
  )) {
    const service = serviceOf.get(name!) ?? name!.slice('@aws-sdk/client-'.length);
    for (const [, paginated, command] of names!.matchAll(/\b(?:paginate([A-Z]\w+)|([A-Z]\w+)Command)\b/g))
      calls.add(service, (paginated ?? command)!, dirname(file));
  }
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}
