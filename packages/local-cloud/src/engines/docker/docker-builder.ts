import type { Builder, EngineImage } from '../../containers/engine';
import { docker, dockerPath, DOCKER_VARIABLES } from './docker-cli';
import { findImage } from './docker-images';

/** The program `docker` of a build: the real one, except for logins and pushes, which are for this cloud's registry. */
export class DockerBuilder implements Builder {
  /**
   * RUN lines use this machine's network, unless the build names another: the engine's own may not reach the machine's
   * name server. A command without Buildx knows neither `--provenance` nor `--output`, and needs neither: it makes no
   * attestations, and pushes Docker's media types.
   */
  script(emulated: string): string {
    const real = quoted(dockerPath() ?? 'docker');
    const settings = DOCKER_VARIABLES.filter((name) => process.env[name] !== undefined).map(
      (name) => `export ${name}=${quoted(process.env[name]!)}\n`,
    );
    return `${settings.join('')}case "$1" in
  login|push) exec ${emulated} "$@" ;;
  build)
    shift
    if ! ${real} buildx version >/dev/null 2>&1; then
      count=$#
      while [ "$count" -gt 0 ]; do
        case "$1" in
          --provenance=*|--output=*) ;;
          --provenance|--output) shift; count=$((count - 1)) ;;
          *) set -- "$@" "$1" ;;
        esac
        shift
        count=$((count - 1))
      done
    fi
    case " $* " in
      *' --network'[\\ =]*) exec ${real} build --force-rm "$@" ;;
      *) exec ${real} build --force-rm --network host "$@" ;;
    esac ;;
  *) exec ${real} "$@" ;;
esac
`;
  }

  async run(argv: readonly string[], cwd: string, input: string): Promise<string> {
    return `${await docker(argv, { cwd, input })}\n`;
  }

  tagged(uri: string): Promise<EngineImage | undefined> {
    return findImage(uri);
  }
}

/** Quotes a word for a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
