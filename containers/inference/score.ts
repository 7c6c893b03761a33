import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Encoding } from '../table/encoding.ts';
import { quoteNames } from '../table/names.ts';
import { labelReader, type Answers, type LabelReader } from './answers.ts';
import { whyIncomparable } from './comparable.ts';
import { UserError } from './errors.ts';
import type { Incomparable } from './evaluation.ts';
import { report } from './evaluation-report.ts';
import { rowPicker } from './golden.ts';
import { judge, type Contestant } from './judge.ts';
import { ScoringFiles } from './scoring-files.ts';
import { evaluationSettings, requiredVariable } from './settings.ts';
import { linesOf, parseAnswer, TransformAnswers } from './transform-answers.ts';

type Environment = Record<string, string | undefined>;

/** A request and the answer of the transform job, an entry of golden.json. */
interface GoldenLine {
  readonly body: string;
  readonly answer: unknown;
}

/** Answers of one model to a split. */
interface Predicted {
  readonly encoding: Encoding;
  readonly answers: TransformAnswers;
}

/**
 * Evaluates the candidate, the champion if there is one, and the naive predictor on the same holdout, by the answers of
 * transform jobs: whatever serves needs to know nothing of evaluation. Writes evaluation.json, and golden.json with rows
 * that a deployed candidate must answer equally.
 *
 * @throws UserError if an answer is not a number of the expected kind, or missing, a split is unreadable or empty, or a
 * variable is invalid
 */
export async function score(base: string, env: Environment): Promise<void> {
  const settings = evaluationSettings(env);
  const input = (name: string) => path.join(base, 'processing/input', name);
  const output = path.join(base, 'processing/output');
  const encoding = await readEncoding(input('schema/encoding.json'));
  if (!encoding) throw new UserError('schema: there is no encoding.json; Check data writes it');

  const files = await ScoringFiles.open(input('test'));
  const candidate = { encoding, answers: await TransformAnswers.open(input('candidate')) };
  const { champion, predicted } = await championOf(encoding, files.columns, input, env);
  const golden = rowPicker<GoldenLine>(encoding.label);
  const holdout = await read(
    files,
    predicted ? [candidate, predicted] : [candidate],
    async (file, labels, lines) => {
      const rows = linesOf(await readFile(path.join(input('rows'), path.basename(file)), 'utf8'));
      if (rows.length !== labels.length) {
        throw new UserError(
          `rows: ${file} has ${rows.length} rows, but scoring has ${labels.length}; both are of one split`,
        );
      }
      labels.forEach((label, row) =>
        golden.offer(label, () => ({ body: `${rows[row]!}\n`, answer: parsed(lines[row]!) })),
      );
    },
  );
  if (holdout.rows === 0) throw new UserError('test: the split has no rows; raise data.testFraction');
  const evaluation = judge(
    {
      candidate: { version: settings.candidateVersion, manifest: { encoding } },
      champion,
      holdout,
      sha256: files.digest(),
      validation: await validationAnswers(encoding, input),
      serving: {},
    },
    settings.bootstrap,
  );
  await mkdir(output, { recursive: true });
  await writeJson(path.join(output, 'evaluation.json'), evaluation);
  const requests = golden.picked().map(({ row, label }) => ({ contentType: 'text/csv', ...row, label }));
  await writeJson(path.join(output, 'golden.json'), requests);
  report(evaluation);
}

/** A row's answer as JSON if it is a number, or else as text. */
function parsed(line: string): unknown {
  return line.includes(',') || Number.isNaN(Number(line)) ? line : Number(line);
}

async function readEncoding(file: string): Promise<Encoding | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  return text === undefined ? undefined : (JSON.parse(text) as Encoding);
}

/**
 * Returns the champion, and its answers if it can be measured on the same rows: rows have no header, so it must have
 * the candidate's features in their order.
 */
async function championOf(
  candidate: Encoding,
  columns: ReadonlySet<string>,
  input: (name: string) => string,
  env: Environment,
): Promise<{ champion: Contestant | Incomparable | null; predicted?: Predicted }> {
  if (!env.CHAMPION_VERSION) return { champion: null };
  const version = requiredVariable(env, 'CHAMPION_VERSION', "the champion's version");
  const encoding = await readEncoding(input('schema/champion.json'));
  const incomparable = env.CHAMPION_FAILURE
    ? `it could not predict the holdout: ${env.CHAMPION_FAILURE}`
    : encoding
      ? (whyIncomparable(candidate, encoding, columns) ?? otherFeatures(candidate, encoding))
      : 'its encoding is not known';
  if (incomparable !== undefined) return { champion: { version, incomparable } };
  return {
    champion: { version, manifest: { encoding: encoding! } },
    predicted: { encoding: encoding!, answers: await TransformAnswers.open(input('champion')) },
  };
}

function otherFeatures(candidate: Encoding, champion: Encoding): string | undefined {
  const names = ({ features }: Encoding) => features.map(({ name }) => name);
  const [wanted, given] = [names(champion), names(candidate)];
  if (wanted.length === given.length && wanted.every((name, index) => name === given[index]))
    return undefined;
  return `its features are ${quoteNames(wanted, 5)}, not ${quoteNames(given, 5)}; rows have no header, so both must be the same, in one order`;
}

/** Returns null where no transform job predicted the validation rows. */
async function validationAnswers(
  encoding: Encoding,
  input: (name: string) => string,
): Promise<Answers | null> {
  const files = await ScoringFiles.open(input('validation'));
  if (files.columns.size === 0) return null;
  const answers = await TransformAnswers.open(input('candidate-validation'));
  return read(files, [{ encoding, answers }]);
}

/** Reads the labels of a split, and the models' answers to its rows. */
async function read(
  files: ScoringFiles,
  models: readonly Predicted[],
  observe: (
    file: string,
    labels: readonly number[],
    lines: readonly string[],
  ) => Promise<void> = async () => {},
): Promise<Answers> {
  const { label } = models[0]!.encoding;
  const reader = labelReader(label);
  const labels: number[] = [];
  const outputs = models.map((): number[] => []);
  for (const [file, ofFile] of await labelsByFile(files, reader, label.name)) {
    for (const one of ofFile) labels.push(one);
    for (const [index, { encoding, answers }] of models.entries()) {
      const lines = await answers.of(file, ofFile.length);
      lines.forEach((line, row) => {
        for (const value of parseAnswer(line, encoding.label, `${file}, row ${row + 1}`)) {
          outputs[index]!.push(value);
        }
      });
      if (index === 0) await observe(file, ofFile, lines);
    }
  }
  return {
    rows: labels.length,
    labels: Float64Array.from(labels),
    classes: reader.classes,
    outputs: outputs.map((values) => Float32Array.from(values)),
  };
}

async function labelsByFile(
  files: ScoringFiles,
  reader: LabelReader,
  name: string,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for await (const block of files.blocks()) {
    const labels = found.get(block.file) ?? [];
    found.set(block.file, labels);
    const column = block.columns.get(name);
    if (column === undefined) throw new UserError(`${block.file}: has no column "${name}", the label`);
    block.records.forEach((record, index) => labels.push(reader.read(record[column]!.trim(), block, index)));
  }
  return found;
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
