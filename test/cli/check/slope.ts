import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from '../../../examples/text/model';
import type { ModelConfig } from '../../../lib';
import { EXAMPLES, type temporaryFolders } from '../../containers/support/program';

const PROGRAM = readFileSync(path.join(__dirname, 'program.py'), 'utf8');
const program = (folder: string) => ({ folder, context: '.' });

/** The model of `program.py`: y = slope * x. */
export const SLOPE: ModelConfig = {
  ...text,
  name: 'slope',
  data: { ...text.data, suffixes: ['.csv'], sample: { data: 'data', schema: null } },
  programs: { preprocess: program('preprocess'), train: program('train'), serve: program('serve') },
  hyperparameters: {
    'training.steps': { kind: 'integer', min: 1, max: 100_000, default: 3000, description: 'steps' },
  },
  metrics: {
    training: [{ name: 'validation:rmse', expression: 'validation:rmse=([-+0-9.eE]+);' }],
    evaluation: { rmse: { direction: 'lower', naive: true } },
    headline: 'rmse',
    agreement: [{ evaluation: 'rmse', training: 'validation:rmse', difference: 'relative' }],
  },
  gate: { ...text.gate, metrics: [{ name: 'rmse', threshold: 1, tolerance: 0.1 }] },
};

/** Points around y = 3 x. */
function points(from: number, to: number): string {
  const lines = Array.from({ length: to - from }, (_, index) => {
    const x = (((from + index) * 37) % 100) / 10;
    return `${x},${3 * x + ((((from + index) * 13) % 7) - 3) / 4}\n`;
  });
  return lines.join('');
}

/** A change of a file of the programs. */
export interface Change {
  readonly file?: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** Writes the programs with changes. @returns the project's folder */
export function writeProject(
  folders: ReturnType<typeof temporaryFolders>,
  changes: readonly Change[] = [],
): string {
  const dockerfile = (words: string) =>
    `FROM slim\nWORKDIR /opt/program\nCOPY program.py mlops_program.py ./\nENTRYPOINT [${words}]\n`;
  const files: Record<string, string> = {
    'program.py': PROGRAM,
    'mlops_program.py': readFileSync(path.join(EXAMPLES, 'helper/mlops_program.py'), 'utf8'),
    'preprocess/Dockerfile': dockerfile('"python3", "/opt/program/program.py", "preprocess"'),
    'train/Dockerfile': dockerfile('"python3", "/opt/program/program.py"'),
    'serve/Dockerfile': dockerfile('"python3", "/opt/program/program.py"'),
    'data/a.csv': points(0, 150),
    'data/b.csv': points(150, 300),
  };
  for (const { file = 'program.py', from, to } of changes) {
    const changed = files[file]!.replace(from, () => to);
    if (changed === files[file]) throw new Error(`${file} has no ${from}`);
    files[file] = changed;
  }
  return folders.create(files);
}
