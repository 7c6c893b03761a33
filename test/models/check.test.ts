import path from 'node:path';
import { check } from '../../cli/check/check';
import { images } from '../../examples/images/model';
import { trips } from '../../examples/own-server/model';
import { text } from '../../examples/text/model';
import { local, table } from '../../lib';
import { validateProject } from '../../lib/config';
import { PYTHON } from '../containers/support/program';

const ROOT = path.join(__dirname, '../..');
const CONFIGS = validateProject({
  name: 'mlops',
  pipelines: [images, text, trips, table].map((model) => ({ model, places: [local] })),
});

/** The shipped model for tables too: its encoding is learned between preprocessing and training. */
test.each(CONFIGS.map((config) => [config.model, config] as const))(
  '%s holds every clause',
  async (_, config) => {
    const { data, schema } = config.data.sample!;
    const findings = await check(config, {
      project: ROOT,
      fixture: { data: path.join(ROOT, data), schema: schema && path.join(ROOT, schema) },
      interpreters: { node: process.execPath, python: PYTHON },
      set: {},
      progress: () => undefined,
    });
    expect(findings.filter(({ result }) => result !== 'held')).toEqual([]);
  },
);
