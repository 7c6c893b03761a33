import type { CommandDescription, CommonOptions } from '../command';
import { configOf } from '../configuration';
import { ExitCode, UsageError } from '../errors';
import { Leftovers, type Remains } from '../teardown/leftovers';
import { removal } from '../teardown/removal';

interface TeardownOptions extends CommonOptions {
  plan?: boolean;
}

export const teardown: CommandDescription<TeardownOptions> = {
  usage: 'teardown',
  summary: 'Lists what a pipeline has in the account and no stack owns, with the commands that remove it.',
  examples: [['teardown --plan --environment dev', 'before and after its stacks are deleted']],
  options: (command) => command.option('--plan', 'required: list; the command never removes anything'),
  action: {
    alone: async (choice, out, { plan = false }) => {
      if (!plan)
        throw new UsageError(
          '--plan is missing; the command removes nothing, it lists what to remove; add --plan.',
        );
      const remains = await new Leftovers(await configOf(choice), process.env).find();
      const left = remains.left.map((each) => ({ ...each, commands: removal(each) }));
      out.result({ ...remains, left }, () => describe(remains));
      return ExitCode.Ok;
    },
  },
};

/** The commands are a script for Bash; everything else in it is a comment. */
function describe({ stacks, left, shared }: Remains): string {
  return [
    ...(stacks.length > 0
      ? [
          '# stacks, with what they own; delete them as docs/teardown.md says:',
          ...stacks.map((name) => `#   ${name}`),
        ]
      : ['# no stacks']),
    left.length > 0 ? '# owned by no stack:' : '# nothing else',
    ...left.flatMap((each) => [`# ${each.kind} ${each.name}`, ...removal(each)]),
    ...(shared.length > 0
      ? ['# shared with the rest of the account; remove them with the last pipeline:']
      : []),
    ...shared.map(({ name, use }) => `#   ${name}: ${use}`),
  ].join('\n');
}
