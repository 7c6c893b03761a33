import { globSync, readFileSync } from 'node:fs';
import satisfies from 'spdx-satisfies';

/** Licenses without a duty to publish one's own sources. */
const ALLOWED = '0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause CC0-1.0 ISC MIT'.split(' ');

/** What is shipped: the package with its app, commands and functions, and the images that builds make. */
const SHIPPED: Readonly<Record<string, string>> = {
  'The package, the functions and the commands': 'package-lock.json',
  'The serving image': 'containers/inference/package-lock.json',
  'The preprocessing image': 'containers/preprocessing/package-lock.json',
};

/** Licenses of Python packages, by the metadata `License-Expression` or `License` of their release. */
const PYTHON: Readonly<Record<string, string>> = {
  numpy: 'BSD-3-Clause',
  onnx: 'Apache-2.0',
  onnxruntime: 'MIT',
  pillow: 'MIT-CMU',
  torch: 'BSD-3-Clause',
  xgboost: 'Apache-2.0',
};
const ALLOWED_PYTHON = [...ALLOWED, 'MIT-CMU'];

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

interface Shipped {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/**
 * Returns the page of the licenses of what is shipped.
 *
 * @throws Error for a package whose license is unknown or not allowed
 */
export function licensesPage(): string {
  const sections = Object.entries(SHIPPED).map(([title, lock]) => {
    const rows = shippedBy(lock).map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
    return [`## ${title}`, '', '| package | version | license |', '| --- | --- | --- |', ...rows].join('\n');
  });
  const python = pythonPackages().map((name) => {
    assertAllowed(name, PYTHON[name], ALLOWED_PYTHON);
    return `| ${name} | ${PYTHON[name]} |`;
  });
  return [
    '# Licenses',
    '',
    `<!-- Written by npm run licenses. -->`,
    '',
    `What is shipped, with the licenses that the packages state. Allowed are ${ALLOWED.join(', ')}, and MIT-CMU for Pillow. Of a choice ("A OR B"), the allowed one is taken. Tools of development are not shipped and not listed.`,
    '',
    sections.join('\n\n'),
    '',
    '## Python packages of the images',
    '',
    '| package | license |',
    '| --- | --- |',
    ...python,
    '',
  ].join('\n');
}

/** Returns the Python packages that the images install, and those that `npm start` installs on this machine. */
function pythonPackages(): string[] {
  const pinned = (text: string) => [...text.matchAll(/([\w-]+)==/g)].map(([, name]) => name!);
  const files = globSync('{containers,examples}/**/{requirements.txt,Dockerfile}', {
    exclude: (path) => path.includes('node_modules'),
  });
  const { mlops } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    mlops: { python: Record<string, { pip: string }> };
  };
  const here = Object.values(mlops.python).map(({ pip }) => pip);
  const texts = [...files.map((file) => readFileSync(file, 'utf8')), ...here];
  return [...new Set(texts.flatMap(pinned))].sort();
}

/** Returns the packages that a lock file installs without development's, one row for each version. */
function shippedBy(lock: string): Shipped[] {
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as { packages: Record<string, Locked> };
  const found = new Map<string, Shipped>();
  for (const [path, { version, license, dev, link }] of Object.entries(packages)) {
    const name = /(?:^|.*\/)node_modules\/(.+)$/.exec(path)?.[1];
    if (name === undefined || dev === true || link === true || version === undefined) continue;
    assertAllowed(`${lock}: ${name} ${version}`, license, ALLOWED);
    found.set(`${name} ${version}`, { name, version, license: license! });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function assertAllowed(name: string, license: string | undefined, allowed: string[]): void {
  if (license !== undefined && satisfies(license, allowed)) return;
  throw new Error(
    `the license of ${name} is ${license ?? 'not stated'}; allowed are ${allowed.join(', ')}: replace the package.`,
  );
}
