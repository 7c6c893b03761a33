/**
 * A logistic regression with the interface of SageMaker's built-in XGBoost: `train` reads CSV of numbers with the label
 * first and without a header, and refuses channels and media types that XGBoost refuses; `serve` answers a probability
 * for each row of such CSV without the label.
 */
import { createServer } from 'node:http';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const base = process.env.SAGEMAKER_BASE_DIR ?? '/opt/ml';
const at = (...parts) => path.join(base, ...parts);
const modelFile = at('model/xgboost-model');

const rowsOf = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((cell) => (cell === '' ? NaN : Number(cell))));

/** Columns are scaled by the training rows; an empty cell is their mean. */
const scaled = ({ means, scales }, row) =>
  row.map((value, column) => (Number.isNaN(value) ? 0 : (value - means[column]) / scales[column]));

function probability({ weights, bias }, inputs) {
  return 1 / (1 + Math.exp(-inputs.reduce((sum, value, column) => sum + value * weights[column], bias)));
}

function readChannel(name) {
  const folder = at('input/data', name);
  return readdirSync(folder).flatMap((file) => rowsOf(readFileSync(path.join(folder, file), 'utf8')));
}

function checkChannels() {
  const channels = JSON.parse(readFileSync(at('input/config/inputdataconfig.json'), 'utf8'));
  for (const [name, { ContentType }] of Object.entries(channels)) {
    if (name !== 'train' && name !== 'validation') throw new Error(`Extraneous channel found: ${name}`);
    if (ContentType !== 'text/csv') throw new Error(`${ContentType} is not an accepted ContentType`);
  }
}

function statistics(rows) {
  const columns = rows[0].map((_, column) => rows.map((row) => row[column]).filter(Number.isFinite));
  const means = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const scales = columns.map(
    (values, column) =>
      Math.sqrt(values.reduce((sum, value) => sum + (value - means[column]) ** 2, 0) / values.length) || 1,
  );
  return { means, scales };
}

function train() {
  checkChannels();
  const { num_round: rounds, eta } = JSON.parse(
    readFileSync(at('input/config/hyperparameters.json'), 'utf8'),
  );
  const split = (rows) => rows.map(([label, ...inputs]) => ({ label, inputs }));
  const rows = split(readChannel('train'));
  const validation = split(readChannel('validation'));
  const model = { ...statistics(rows.map(({ inputs }) => inputs)), weights: [], bias: 0 };
  model.weights = model.means.map(() => 0);
  const inputs = rows.map((row) => scaled(model, row.inputs));
  const accuracy = () =>
    validation.filter((row) => probability(model, scaled(model, row.inputs)) > 0.5 === (row.label === 1))
      .length / validation.length;
  for (let round = 0; round < Number(rounds); round++) {
    const errors = inputs.map((row, index) => probability(model, row) - rows[index].label);
    const step = Number(eta) / rows.length;
    model.bias -= step * errors.reduce((sum, error) => sum + error, 0);
    model.weights = model.weights.map(
      (weight, column) =>
        weight - step * errors.reduce((sum, error, row) => sum + error * inputs[row][column], 0),
    );
  }
  console.log(`[${rounds - 1}]\tvalidation-accuracy:${accuracy()}`);
  mkdirSync(path.dirname(modelFile), { recursive: true });
  writeFileSync(modelFile, JSON.stringify(model));
}

function serve() {
  const model = JSON.parse(readFileSync(modelFile, 'utf8'));
  const answer = (body) => {
    const rows = rowsOf(body);
    if (rows.some((row) => row.length !== model.weights.length))
      return [400, 'Feature size is not consistent'];
    return [200, `${rows.map((row) => probability(model, scaled(model, row))).join('\n')}\n`];
  };
  const server = createServer(async (request, response) => {
    if (request.url === '/ping') return response.writeHead(200).end();
    if (request.url !== '/invocations') return response.writeHead(404).end();
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const [status, text] =
      request.headers['content-type'] === 'text/csv'
        ? answer(Buffer.concat(chunks).toString())
        : [415, 'not supported'];
    response.writeHead(status, { 'content-type': 'text/csv' }).end(text);
  });
  server.listen(Number(process.env.SAGEMAKER_BIND_TO_PORT ?? 8080), process.env.BIND_HOST ?? '0.0.0.0');
}

process.on('SIGTERM', () => process.exit(143));
if (process.argv[2] === 'train') train();
else serve();
