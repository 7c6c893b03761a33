const { default: Sequencer } = require('@jest/test-sequencer');

/** Folders whose files take the longest, in order. */
const LONG = ['permissions', 'changes', 'matrix', 'runs', 'faults', 'containers', 'cli', 'templates'];

/**
 * Long tests first: one that begins at the end keeps one processor waiting for the other. Jest knows how long they
 * take from earlier runs, and a clean clone has none: it would go by the size of the files.
 */
module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const found = LONG.findIndex((folder) => path.includes(`/test/${folder}/`));
      return found < 0 ? LONG.length : found;
    };
    // Stable: within a folder Jest's own order stays.
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
