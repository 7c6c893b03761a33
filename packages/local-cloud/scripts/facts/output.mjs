import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The generated files, and the list of what the models say and these files leave out. */
export class Output {
  #folder;
  #leftOut = new Set();

  constructor(folder) {
    this.#folder = folder;
    rmSync(join(folder, 'operations'), { recursive: true, force: true });
    mkdirSync(join(folder, 'operations'), { recursive: true });
  }

  /** One line for each entry of the `depth` outer levels, keys sorted: small, and a change reads well in a diff. */
  write(file, value, depth) {
    const text = `${lines(JSON.parse(JSON.stringify(value, sortKeys)), depth)}\n`;
    writeFileSync(join(this.#folder, file), text);
    console.log(`${file}: ${(text.length / 1024).toFixed(1)} KiB`);
  }

  leaveOut(where, what, reason) {
    this.#leftOut.add(`${where}: ${what} (${reason})`);
  }

  /** Returns whether the pattern restricts anything and JavaScript can express it; lists it if not. */
  usable(compile, pattern, where) {
    if (/^\^?\.\*\$?$/.test(pattern)) {
      this.leaveOut(where, `pattern ${pattern}`, 'matches any text');
      return false;
    }
    try {
      compile(pattern);
      return true;
    } catch (error) {
      this.leaveOut(where, `pattern ${pattern}`, error.message);
      return false;
    }
  }

  writeLeftOut() {
    writeFileSync(join(this.#folder, 'left-out.txt'), `${[...this.#leftOut].sort().join('\n')}\n`);
    console.log(`left-out.txt: ${this.#leftOut.size} constraints`);
  }
}

function lines(value, depth) {
  if (depth === 0) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}:${lines(member, depth - 1)}`,
  );
  return `{\n${entries.join(',\n')}\n}`;
}

function sortKeys(_, value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
