import type {
  Catcher,
  ChoiceRule,
  ChoiceState,
  FailState,
  MapState,
  ParallelState,
  State,
  TaskState,
  WaitState,
} from '../language/definition';
import { QueryEvaluationError, StatesError } from '../language/errors';
import type { JsonObject, JsonValue } from '../language/json';
import { LIMITS } from '../language/limits';
import type { MapItem } from './flow';
import type { Chosen, Completion, StateData } from './state-data';
import type { Visit } from './visit';
import { parseTimestamp } from '../language/timestamp';
import { stepFunctionsLibrary } from '../jsonata/functions';
import { evaluateTemplate, evaluateTyped, type Kinds } from '../jsonata/template';

/** The members of `$states` in addition to the input and the context. */
interface Reserved {
  readonly result?: JsonValue;
  readonly errorOutput?: JsonValue;
}

/** The fields of a state in JSONata: Arguments, Output, Assign, Items, ItemSelector, Condition … */
export class JsonataData implements StateData {
  constructor(private readonly visit: Visit) {}

  input(): JsonValue {
    return this.visit.input;
  }

  async taskArguments(state: TaskState | ParallelState): Promise<JsonValue> {
    return state.Arguments === undefined ? this.visit.input : this.evaluate(state.Arguments, 'Arguments');
  }

  async credentials(state: TaskState): Promise<JsonValue | undefined> {
    return state.Credentials && this.evaluate(state.Credentials, 'Credentials');
  }

  async timeLimit(
    state: TaskState,
    field: 'TimeoutSeconds' | 'HeartbeatSeconds',
  ): Promise<number | undefined> {
    const value = state[field];
    return value === undefined ? undefined : this.wholeNumber(value, field, 1);
  }

  async passResult(): Promise<JsonValue> {
    return this.visit.input;
  }

  async waitTime(state: WaitState, now: number): Promise<number> {
    if (state.Seconds !== undefined) return (await this.wholeNumber(state.Seconds, 'Seconds', 0)) * 1000;
    const text = await this.typed(state.Timestamp!, 'string', 'Timestamp');
    const time = parseTimestamp(text);
    if (time !== undefined) return Math.max(0, time - now);
    throw this.error(
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      'Timestamp',
    );
  }

  async items(state: MapState): Promise<JsonValue[]> {
    if (state.Items !== undefined) return this.typed(state.Items, 'array', 'Items');
    const { input } = this.visit;
    if (Array.isArray(input)) return input;
    throw this.error(`Map state input must be an array but was: ${JSON.stringify(input)}`);
  }

  async itemInput(state: MapState, item: MapItem): Promise<JsonValue> {
    return state.ItemSelector === undefined
      ? item.Value
      : this.evaluate(state.ItemSelector, 'ItemSelector', {}, item);
  }

  async maxConcurrency(state: MapState): Promise<number> {
    return this.wholeNumber(state.MaxConcurrency ?? 0, 'MaxConcurrency', 0);
  }

  async choose(state: ChoiceState): Promise<Chosen | undefined> {
    for (const [i, rule] of state.Choices.entries()) {
      const location = `Choices[${i}]/Condition`;
      if (await this.typed(rule.Condition!, 'boolean', location)) return this.chosen(rule.Next, rule);
    }
    return state.Default === undefined ? undefined : this.chosen(state.Default, state);
  }

  async failure(state: FailState): Promise<StatesError> {
    const text = async (field: 'Error' | 'Cause') =>
      state[field] === undefined ? undefined : this.typed(state[field], 'string', field);
    return new StatesError(await text('Error'), await text('Cause'));
  }

  async complete(state: Exclude<State, ChoiceState | FailState>, result: JsonValue): Promise<Completion> {
    const hasResult = state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map';
    return this.completion(state, result, hasResult ? { result } : {});
  }

  async caught(catcher: Catcher, error: StatesError): Promise<Completion> {
    const errorOutput = error.toErrorOutput();
    return this.completion(catcher, errorOutput, { errorOutput });
  }

  private async chosen(next: string, fields: ChoiceRule | ChoiceState): Promise<Chosen> {
    return { next, ...(await this.completion(fields, this.visit.input, {})) };
  }

  /** Assign and Output both see the variables from before the state. */
  private async completion(
    fields: { readonly Assign?: JsonObject; readonly Output?: JsonValue },
    defaultOutput: JsonValue,
    reserved: Reserved,
  ): Promise<Completion> {
    const assigned = (await this.evaluate(fields.Assign ?? {}, 'Assign', reserved)) as JsonObject;
    const output =
      fields.Output === undefined ? defaultOutput : await this.evaluate(fields.Output, 'Output', reserved);
    return { output, assigned };
  }

  private evaluate(
    template: JsonValue,
    location: string,
    reserved?: Reserved,
    item?: MapItem,
  ): Promise<JsonValue> {
    return this.located(() => evaluateTemplate(template, location, this.bindings(reserved, item)));
  }

  private typed<K extends keyof Kinds>(template: JsonValue, kind: K, location: string): Promise<Kinds[K]> {
    return this.located(() => evaluateTyped(template, kind, location, this.bindings()));
  }

  private async wholeNumber(template: number | string, field: string, least: number): Promise<number> {
    const value = await this.typed(template, 'number', field);
    if (Number.isInteger(value) && value >= least && value <= LIMITS.seconds) return value;
    throw this.error(
      `The field '${field}' must be a whole number from ${least} to ${LIMITS.seconds}, but was: ${value}`,
      field,
    );
  }

  private bindings(reserved: Reserved = {}, item?: MapItem): Record<string, unknown> {
    const { flow, input } = this.visit;
    const { clock, random } = flow.environment;
    return {
      ...stepFunctionsLibrary(clock, random),
      ...flow.variables.all(),
      states: { input, context: this.visit.context(item), ...reserved },
    };
  }

  private error(cause: string, location?: string): QueryEvaluationError {
    return new QueryEvaluationError(this.visit.locate(cause), location);
  }

  private async located<T>(evaluate: () => Promise<T>): Promise<T> {
    try {
      return await evaluate();
    } catch (error) {
      throw error instanceof QueryEvaluationError
        ? this.error(error.errorCause ?? '', error.location)
        : error;
    }
  }
}
