import type { Builder, EngineImage } from '../../containers/engine';
import { docker, dockerPath, DOCKER_VARIABLES } from './docker-cli';
import { findImage } from './docker-images';

/** The program `docker` of a build: the real one, except for logins and pushes, which are for this cloud's registry. */
export class DockerBuilder implements Builder {
  /**
   * RUN lines use this machine's network, unless the build names another: the engine's own may not reach the machine's
   * name server. A command without Buildx knows neither `--provenance` nor `--output`, and needs neither: it makes no
   * attestations, and pushes Docker's media types. Images run on this machine, so `--platform` is left out where it is not
   * SageMaker's.
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
    dropped=' ${process.arch === 'x64' ? '' : '--platform '}'
    ${real} buildx version >/dev/null 2>&1 || dropped="$dropped--provenance --output "
    count=$#
    while [ "$count" -gt 0 ]; do
      case "$dropped" in
        *" \${1%%=*} "*)
          case "$1" in *=*) ;; *) shift; count=$((count - 1)) ;; esac ;;
        *) set -- "$@" "$1" ;;
      esac
      shift
      count=$((count - 1))
    done
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
