import type {
  Catcher,
  ChoiceState,
  FailState,
  MapState,
  ParallelState,
  PassState,
  State,
  TaskState,
  WaitState,
} from '../language/definition';
import { StatesError } from '../language/errors';
import type { JsonObject, JsonValue } from '../language/json';
import { LIMITS } from '../language/limits';
import type { MapItem } from './flow';
import type { Chosen, Completion, StateData } from './state-data';
import type { Visit } from './visit';
import { parseTimestamp } from '../language/timestamp';
import { matchesRule } from '../jsonpath/choice-rule';
import { parsePath } from '../jsonpath/path';
import { insertAtPath, requirePath, selectPath, type PathScope } from '../jsonpath/select';
import { evaluate, fillTemplate } from '../jsonpath/template';

/** The fields of a state in JSONPath: InputPath, Parameters, ResultSelector, ResultPath, OutputPath, Assign … */
export class PathData implements StateData {
  constructor(private readonly visit: Visit) {}

  input(): JsonValue {
    const { state, input } = this.visit;
    return 'InputPath' in state ? this.filter(state.InputPath, input) : input;
  }

  async taskArguments(state: TaskState | ParallelState): Promise<JsonValue> {
    return this.parameters(state.Parameters, this.input());
  }

  async credentials(state: TaskState): Promise<JsonValue | undefined> {
    return state.Credentials && this.fill(state.Credentials, this.input());
  }

  async timeLimit(
    state: TaskState,
    field: 'TimeoutSeconds' | 'HeartbeatSeconds',
  ): Promise<number | undefined> {
    const path = state[`${field}Path`];
    if (path === undefined) return state[field] as number | undefined;
    const value = this.located(() => requirePath(path, this.visit.scope(this.input())));
    if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= LIMITS.seconds) {
      return value as number;
    }
    throw this.visit.runtimeError(
      `The ${field}Path field must refer to a whole number from 1 to ${LIMITS.seconds}: ${path} == ${show(value)}`,
    );
  }

  async passResult(state: PassState): Promise<JsonValue> {
    if (state.Result !== undefined) return state.Result;
    const input = this.input();
    return state.Parameters === undefined ? input : this.fill(state.Parameters, input);
  }

  async waitTime(state: WaitState, now: number): Promise<number> {
    if (state.Seconds !== undefined) return (state.Seconds as number) * 1000;
    if (state.SecondsPath !== undefined) return this.seconds(state.SecondsPath) * 1000;
    const time =
      state.Timestamp === undefined ? this.timestamp(state.TimestampPath!) : parseTimestamp(state.Timestamp)!;
    return Math.max(0, time - now);
  }

  async items(state: MapState): Promise<JsonValue[]> {
    const path = state.ItemsPath ?? '$';
    const items = this.located(() => requirePath(path, this.visit.scope(this.input())));
    if (Array.isArray(items)) return items;
    throw this.visit.runtimeError(`Reference path "${path}" must point to array.`);
  }

  async itemInput(state: MapState, item: MapItem): Promise<JsonValue> {
    const template = state.ItemSelector ?? state.Parameters;
    return template === undefined ? item.Value : this.parameters(template, this.input(), item);
  }

  async maxConcurrency(state: MapState): Promise<number> {
    const path = state.MaxConcurrencyPath;
    if (path === undefined) return (state.MaxConcurrency as number | undefined) ?? 0;
    const value = this.located(() => requirePath(path, this.visit.scope(this.input())));
    const shown = typeof value === 'string' ? value : show(value);
    // Step Functions accepts the text "3" as a number in this field.
    if (!/^-?\d+$/.test(shown)) {
      throw this.visit.runtimeError(
        `The MaxConcurrencyPath field refers to value "${shown}" which is not a valid integer: ${path}`,
      );
    }
    if (Number(shown) < 0) throw this.visit.runtimeError('MaxConcurrency cannot be negative.');
    return Number(shown);
  }

  async choose(state: ChoiceState): Promise<Chosen | undefined> {
    const input = this.input();
    const scope = this.visit.scope(input);
    const rule = this.located(() => state.Choices.find((candidate) => matchesRule(candidate, scope)));
    const next = rule?.Next ?? state.Default;
    if (next === undefined) return undefined;
    const assigned = this.assigned((rule ?? state).Assign, input);
    return { next, assigned, output: this.filter(state.OutputPath, input) };
  }

  async failure(state: FailState): Promise<StatesError> {
    const text = (field: 'Error' | 'Cause') => {
      const path = state[`${field}Path`];
      if (path === undefined) return state[field];
      const value = this.located(() => evaluate(path, `${field}Path`, this.visit.scope(this.visit.input)));
      if (typeof value === 'string') return value;
      throw this.visit.runtimeError(
        `The ${field}Path field must refer to a string: ${path} == ${show(value)}`,
      );
    };
    return new StatesError(text('Error'), text('Cause'));
  }

  async complete(state: Exclude<State, ChoiceState | FailState>, result: JsonValue): Promise<Completion> {
    const assigned = 'Assign' in state ? this.assigned(state.Assign, result) : {};
    const selected = 'ResultSelector' in state ? this.fill(state.ResultSelector!, result) : result;
    const combined = 'ResultPath' in state ? this.combine(state.ResultPath, selected) : selected;
    return { output: this.filter(state.OutputPath, combined), assigned };
  }

  async caught(catcher: Catcher, error: StatesError): Promise<Completion> {
    const errorOutput = error.toErrorOutput();
    return {
      output: this.combine(catcher.ResultPath, errorOutput),
      assigned: this.assigned(catcher.Assign, errorOutput),
    };
  }

  /** Inserts a result into the state's raw input, independent of InputPath; null keeps only the input. */
  private combine(path: string | null | undefined, result: JsonValue): JsonValue {
    if (path === null) return this.visit.input;
    return this.located(() => insertAtPath(this.visit.input, parsePath(path ?? '$'), result));
  }

  /** Applies InputPath or OutputPath: null gives an empty object. */
  private filter(path: string | null | undefined, data: JsonValue): JsonValue {
    if (path === null) return {};
    return path === undefined ? data : this.located(() => requirePath(path, this.visit.scope(data)));
  }

  /** In states with Retry and Catch, a path without a value has its own error name, so that they can match it. */
  private parameters(template: JsonValue | undefined, data: JsonValue, item?: MapItem): JsonValue {
    if (template === undefined) return data;
    try {
      return this.fill(template, data, item);
    } catch (error) {
      const missing = error instanceof StatesError && error.error === 'States.Runtime';
      throw missing ? new StatesError('States.ParameterPathFailure', error.errorCause) : error;
    }
  }

  private assigned(template: JsonObject | undefined, data: JsonValue): JsonObject {
    return template === undefined ? {} : (this.fill(template, data) as JsonObject);
  }

  private fill(template: JsonValue, data: JsonValue, item?: MapItem): JsonValue {
    return this.located(() => fillTemplate(template, this.visit.scope(data, item)));
  }

  private seconds(path: string): number {
    const value = this.lookUp(path);
    const parameter = `The SecondsPath parameter`;
    if (value === undefined)
      throw this.visit.runtimeError(`${parameter} does not reference an input value: ${path}`);
    if (!Number.isInteger(value) || (value as number) > LIMITS.seconds) {
      throw this.visit.runtimeError(
        `${parameter} cannot be parsed as a long value: ${path} == ${show(value)}`,
      );
    }
    if ((value as number) < 0) {
      throw this.visit.runtimeError(`${parameter} references a negative value: ${path} == ${show(value)}`);
    }
    return value as number;
  }

  private timestamp(path: string): number {
    const value = this.lookUp(path);
    const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
    if (time !== undefined) return time;
    throw this.visit.runtimeError(
      'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ' +
        `${path} == ${typeof value === 'string' ? value : show(value ?? null)}`,
    );
  }

  private lookUp(path: string): JsonValue | undefined {
    return selectPath(parsePath(path), this.visit.scope(this.input()) satisfies PathScope);
  }

  private located<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      throw new StatesError(error.error, this.visit.locate(error.errorCause ?? ''));
    }
  }
}

function show(value: JsonValue): string {
  return JSON.stringify(value);
}
