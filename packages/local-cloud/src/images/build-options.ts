export interface BuildOptions {
  buildArguments: Record<string, string>;
  tags: string[];
  context: string;
  /** The Dockerfile's path, relative to the working directory as in Docker; default: `Dockerfile` in the context. */
  file?: string;
}

/** Reads `docker build --build-arg NAME=value --file path --tag uri:tag context`. */
export function readBuildOptions(argv: readonly string[]): BuildOptions {
  const options: BuildOptions = { buildArguments: {}, tags: [], context: '' };
  const words = argv.flatMap((word) => (/^--[\w-]+=/.test(word) ? splitOnce(word, '=') : [word]));
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    if (word === '--build-arg') {
      const [name, value] = splitOnce(words[++i] ?? '', '=');
      options.buildArguments[name!] = value ?? '';
    } else if (word === '--tag' || word === '-t') {
      options.tags.push(words[++i] ?? '');
    } else if (word === '--file' || word === '-f') {
      options.file = words[++i] ?? '';
    } else if (word.startsWith('-')) {
      throw new Error(
        `docker build: option ${word} is not supported here; use --build-arg, --file and --tag`,
      );
    } else {
      options.context = word;
    }
  }
  if (!options.context) throw new Error('docker build: no build context; name a folder, e.g. "."');
  return options;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
