import type { ModelConfig, PipelineConfig, PlaceConfig } from './schema';

/** Sections that a model may change, field by field. */
const SECTIONS = [
  'preprocessing',
  'evaluation',
  'training',
  'triggers',
  'endpoint',
  'alarms',
  'notifications',
] as const;

/**
 * Returns the configuration of a model in a place: the place's values, the model's, and the model's for this place, each
 * before the one behind it. Within a section single fields are replaced, each as a whole: another kind of serving brings
 * all of its fields.
 *
 * @param app name of the app
 */
export function pipelineConfig(app: string, model: ModelConfig, place: PlaceConfig): PipelineConfig {
  const here = model.places?.[place.environment] ?? {};
  const section = <Name extends (typeof SECTIONS)[number]>(name: Name) => ({
    ...place[name],
    ...model[name],
    ...here[name],
  });
  const { preprocessing, evaluation, training, triggers, endpoint, alarms, notifications } =
    Object.fromEntries(SECTIONS.map((name) => [name, section(name)])) as Pick<
      PlaceConfig,
      (typeof SECTIONS)[number]
    >;
  const approval = [here.approval, model.approval, place.approval].find((value) => value !== undefined)!;
  return {
    ...place,
    name: app,
    model: model.name,
    tags: { ...place.tags, ...model.tags, ...here.tags },
    data: { ...model.data, ...here.data },
    programs: model.programs,
    ...(model.splits && { splits: model.splits }),
    hyperparameters: model.hyperparameters,
    hyperparameterValues: { ...model.hyperparameterValues, ...here.hyperparameterValues },
    metrics: model.metrics,
    gate: { ...model.gate, ...here.gate },
    ...{ preprocessing, evaluation, training, triggers, endpoint, alarms, notifications },
    approval,
    api: { ...place.api, ...model.api, ...here.api },
  };
}
