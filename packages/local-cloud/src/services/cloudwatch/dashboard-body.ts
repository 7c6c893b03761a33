/** One error in a dashboard's body, as PutDashboard reports it. */
export interface BodyFault {
  dataPath: string;
  message: string;
}

const MAX_WIDGETS = 500;
/** Columns of a dashboard, and the maximum height of a widget in rows. */
const COLUMNS = 24;
const MAX_HEIGHT = 1_000;
const TYPES = ['metric', 'text', 'log', 'alarm', 'explorer', 'chart', 'custom'];
const VIEWS = ['timeSeries', 'singleValue', 'gauge', 'bar', 'pie', 'table'];

/**
 * Returns the errors of a body, by "Dashboard Body Structure and Syntax" of the API reference. For metric widgets, the
 * messages are CloudWatch's own where failed deployments show them. Properties of other widget types are checked only
 * for required members.
 */
export function dashboardFaults(text: string): BodyFault[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [{ dataPath: '', message: 'The field DashboardBody must be a valid JSON object' }];
  }
  if (!isObject(body)) return [{ dataPath: '', message: 'Should be object' }];
  const { widgets, start, end } = body;
  if (widgets === undefined) return [{ dataPath: '', message: "Should have required property 'widgets'" }];
  if (!Array.isArray(widgets)) return [{ dataPath: '/widgets', message: 'Should be array' }];
  const faults: BodyFault[] = [];
  if (widgets.length > MAX_WIDGETS)
    faults.push({ dataPath: '/widgets', message: `Should NOT have more than ${MAX_WIDGETS} items` });
  if (end !== undefined && start === undefined)
    faults.push({ dataPath: '', message: 'Should have property start when property end is present' });
  return [...faults, ...widgets.flatMap((widget, i) => widgetFaults(widget, `/widgets/${i}`))];
}

function widgetFaults(widget: unknown, path: string): BodyFault[] {
  if (!isObject(widget)) return [{ dataPath: path, message: 'Should be object' }];
  const { type, properties } = widget;
  const faults: BodyFault[] = [
    ...inRange(widget, path, 'x', 0, COLUMNS - 1),
    ...inRange(widget, path, 'y', 0, Infinity),
    ...inRange(widget, path, 'width', 1, COLUMNS),
    ...inRange(widget, path, 'height', 1, MAX_HEIGHT),
  ];
  for (const name of ['type', 'properties']) {
    if (widget[name] === undefined)
      faults.push({ dataPath: path, message: `Should have required property '${name}'` });
  }
  if (type !== undefined && !TYPES.includes(type as string))
    faults.push({
      dataPath: `${path}/type`,
      message: `Should be equal to one of the allowed values: ${TYPES.join(', ')}`,
    });
  if (properties === undefined) return faults;
  const propertiesPath = `${path}/properties`;
  if (!isObject(properties)) return [...faults, { dataPath: propertiesPath, message: 'Should be object' }];
  if (type === 'metric') faults.push(...metricFaults(properties, propertiesPath));
  if (type === 'text') faults.push(...required(properties, propertiesPath, ['markdown']));
  if (type === 'log') faults.push(...required(properties, propertiesPath, ['query', 'region']));
  if (type === 'alarm') faults.push(...required(properties, propertiesPath, ['alarms']));
  return faults;
}

function metricFaults(properties: Record<string, unknown>, path: string): BodyFault[] {
  const { metrics, annotations, region, view, stat, period } = properties;
  const faults: BodyFault[] = [];
  const alarms = isObject(annotations) && annotations.alarms !== undefined;
  if (metrics === undefined && !alarms) {
    faults.push(
      { dataPath: path, message: "Should have required property 'metrics'" },
      {
        dataPath: path,
        message: 'The metric widget should have specified a region and a data source or an alarm annotation',
      },
      { dataPath: path, message: "Should have required property 'annotations'" },
    );
  } else if (region === undefined) {
    faults.push({ dataPath: path, message: "Should have required property 'region'" });
  }
  if (view !== undefined && !VIEWS.includes(view as string))
    faults.push({
      dataPath: `${path}/view`,
      message: `Should be equal to one of the allowed values: ${VIEWS.join(', ')}`,
    });
  if (stat !== undefined && typeof stat !== 'string')
    faults.push({ dataPath: `${path}/stat`, message: 'Should be string' });
  if (period !== undefined && !isPeriod(period))
    faults.push({ dataPath: `${path}/period`, message: 'Should be 1, 5, 10, 20, 30 or a multiple of 60' });
  if (metrics === undefined) return faults;
  if (!Array.isArray(metrics))
    return [...faults, { dataPath: `${path}/metrics`, message: 'Should be array' }];
  return [...faults, ...metrics.flatMap((metric, i) => lineFaults(metric, `${path}/metrics/${i}`))];
}

/**
 * Checks `[namespace, name, dimension, value, …, {rendering}]`, or `[{expression}]`; "." repeats the value of the
 * previous metric.
 */
function lineFaults(metric: unknown, path: string): BodyFault[] {
  if (!Array.isArray(metric)) {
    const message =
      'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element';
    return [
      { dataPath: path, message: 'Should be array' },
      { dataPath: path, message },
    ];
  }
  const last: unknown = metric.at(-1);
  const names: unknown[] = isObject(last) ? metric.slice(0, -1) : metric;
  const isExpression = isObject(last) && typeof last.expression === 'string' && names.length === 0;
  if (isExpression) return [];
  const wrong = names.findIndex((name) => typeof name !== 'string' || name === '');
  if (wrong >= 0) return [{ dataPath: `${path}/${wrong}`, message: 'Should be string' }];
  const short = names.length < 2 && names[0] !== '...';
  const odd = names.length % 2 === 1 && !names.includes('...');
  if (!short && !odd) return [];
  return [{ dataPath: path, message: 'A metric needs a namespace, a name, and a value for each dimension' }];
}

function required(owner: Record<string, unknown>, path: string, names: readonly string[]): BodyFault[] {
  return names
    .filter((name) => owner[name] === undefined)
    .map((name) => ({ dataPath: path, message: `Should have required property '${name}'` }));
}

function inRange(
  owner: Record<string, unknown>,
  path: string,
  name: string,
  min: number,
  max: number,
): BodyFault[] {
  const value = owner[name];
  if (value === undefined || (Number.isInteger(value) && Number(value) >= min && Number(value) <= max))
    return [];
  const message = !Number.isInteger(value)
    ? 'Should be integer'
    : Number(value) < min
      ? `Should be >= ${min}`
      : `Should be <= ${max}`;
  return [{ dataPath: `${path}/${name}`, message }];
}

function isPeriod(value: unknown): boolean {
  const seconds = Number(value);
  return [1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
