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
  summary: 'Infers what the columns of a table are, shows it, and writes it to a schema file to correct.',
  examples: [
    ['schema my-table.csv --label churned', 'writes my-table.schema.json beside it'],
    ['schema my/folder --label price --task regression --output schema.json', 'for a label that is a number'],
  ],
  options: (command) =>
    command
      .requiredOption('--label <column>', 'column to predict')
      .addOption(
        new Option('--task <task>', 'what the label is (default: by its values)').choices([
          'classification',
          'regression',
        ]),
      )
      .option('--output <file>', 'where the schema is written (default: DATA.schema.json beside the data)')
      .option('--force', 'overwrite a schema that is there'),
  action: {
    alone: async (_, out, { label, task, output, force }, argument) => {
      const source = argument!;
      if (!existsSync(source)) {
        throw new UsageError(`DATA is "${source}", which does not exist; name a file or a folder.`);
      }
      const path = output ?? schemaPathOf(source);
      if (existsSync(path) && !force) {
        throw new UsageError(
          `the schema ${path} is there already; correct it, or say --force to infer it anew.`,
        );
      }
      try {
        const found = await inferred({ source, label, task });
        writeSchema(path, found);
        out.result(
          { path, ...found },
          () => `${describeInferred(found)}\n\nwritten to ${path}; correct it and go on`,
        );
      } catch (error) {
        if (error instanceof TableError) throw new UsageError(error.message);
        throw error;
      }
      return ExitCode.Ok;
    },
  },
};
