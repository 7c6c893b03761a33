import { existsSync } from 'node:fs';
import { Option } from 'commander';
import { TableError } from '../../containers/table/errors.ts';
import type { Task } from '../../containers/table/schema.ts';
import type { CommandDescription, CommonOptions } from '../command';
import { ExitCode, UsageError } from '../errors';
import { describeInferred, inferred, schemaPathOf, writeSchema } from '../schema-file';

interface SchemaOptions extends CommonOptions {
  label: string;
  task?: Task;
  output?: string;
  force?: boolean;
}

export const schema: CommandDescription<SchemaOptions> = {
  usage: 'schema <DATA>',
  summary: 'Infers the schema of a table, shows it, and writes it to a file that you can edit.',
  examples: [
    ['schema my-table.csv --label churned', 'writes my-table.schema.json in the same folder'],
    ['schema my/folder --label price --task regression --output schema.json', 'for a label that is a number'],
  ],
  options: (command) =>
    command
      .requiredOption('--label <column>', 'column to predict')
      .addOption(
        new Option('--task <task>', 'type of the label (default: by its values)').choices([
          'classification',
          'regression',
        ]),
      )
      .option('--output <file>', 'file for the schema (default: DATA.schema.json next to the data)')
      .option('--force', 'overwrite an existing schema'),
  action: {
    alone: async (_, out, { label, task, output, force }, argument) => {
      const source = argument!;
      if (!existsSync(source)) {
        throw new UsageError(`DATA is "${source}", which does not exist; use a file or a folder.`);
      }
      const path = output ?? schemaPathOf(source);
      if (existsSync(path) && !force) {
        throw new UsageError(`the schema ${path} exists; edit it, or use --force to infer it again.`);
      }
      try {
        const found = await inferred({ source, label, task });
        writeSchema(path, found);
        out.result(
          { path, ...found },
          () => `${describeInferred(found)}\n\nwritten to ${path}; check and edit it`,
        );
      } catch (error) {
        if (error instanceof TableError) throw new UsageError(error.message);
        throw error;
      }
      return ExitCode.Ok;
    },
  },
};
