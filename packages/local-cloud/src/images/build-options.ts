import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../containers/engine';

export interface BuildOptions {
  buildArguments: Record<string, string>;
  tags: string[];
  context: string;
  /** The Dockerfile's path, relative to the working directory as in Docker; default: `Dockerfile` in the context. */
  file?: string;
  /** Media type of the image's manifest. */
  mediaType: string;
}

/**
 * Reads `docker build --build-arg NAME=value --file path --tag uri:tag --platform linux/amd64 --provenance=false --output
 * type=image,oci-mediatypes=false context`.
 */
export function readBuildOptions(argv: readonly string[]): BuildOptions {
  const options: BuildOptions = { buildArguments: {}, tags: [], context: '', mediaType: DOCKER_MANIFEST };
  const words = argv.flatMap((word) => (/^--[\w-]+=/.test(word) ? splitOnce(word, '=') : [word]));
  let attested = false;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    if (word === '--build-arg') {
      const [name, value] = splitOnce(words[++i] ?? '', '=');
      options.buildArguments[name!] = value ?? '';
    } else if (word === '--tag' || word === '-t') {
      options.tags.push(words[++i] ?? '');
    } else if (word === '--file' || word === '-f') {
      options.file = words[++i] ?? '';
    } else if (word === '--platform') {
      checkPlatform(words[++i] ?? '');
    } else if (word === '--provenance') {
      attested = words[++i] !== 'false';
    } else if (word === '--output' || word === '-o') {
      options.mediaType = outputType(words[++i] ?? '');
    } else if (word.startsWith('-')) {
      throw new Error(
        `docker build: option ${word} is not supported here; use --build-arg, --file, --tag, --platform, --provenance and --output`,
      );
    } else {
      options.context = word;
    }
  }
  if (!options.context) throw new Error('docker build: no build context; name a folder, e.g. "."');
  // An attestation is a second manifest, so the image becomes an index.
  return attested ? { ...options, mediaType: OCI_INDEX } : options;
}

function checkPlatform(platform: string): void {
  if (platform === 'linux/amd64') return;
  throw new Error(`docker build: --platform ${platform} is not supported here; use linux/amd64`);
}

function outputType(output: string): string {
  const fields = output.split(',');
  if (!fields.includes('type=image') && !fields.includes('type=docker')) {
    throw new Error(`docker build: --output ${output} is not supported here; use type=image or type=docker`);
  }
  return fields.includes('oci-mediatypes=true') ? OCI_MANIFEST : DOCKER_MANIFEST;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
