import { UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import { collect, type CommandDescription, type CommonOptions } from '../command';
import { changeableEndpoint, settledEndpoint } from '../endpoint';
import { ExitCode, OperatorError } from '../errors';
import { table } from '../output';
import { checkWeights, shares } from '../weights';

interface TrafficOptions extends CommonOptions {
  variant?: Record<string, string>;
}

export const traffic: CommandDescription<TrafficOptions> = {
  usage: 'traffic',
  summary: 'Shows the weight and share of each production variant, or sets the weights.',
  examples: [
    ['traffic', 'weights and shares'],
    ['traffic --variant champion=80 --variant challenger=20', 'a fifth of the requests to the challenger'],
  ],
  options: (command) =>
    command.option(
      '--variant <name=weight>',
      'set the weight of a variant; may be repeated, others keep theirs',
      collect('challenger=20'),
    ),
  action: async ({ sagemaker, outputs, pollMs }, out, { variant }) => {
    const { EndpointName } = outputs;
    let endpoint = await changeableEndpoint(sagemaker, EndpointName);
    if (variant) {
      const wanted = checkWeights(variant, weightsOf(endpoint.ProductionVariants));
      await sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName,
          DesiredWeightsAndCapacities: Object.entries(wanted).map(([VariantName, DesiredWeight]) => ({
            VariantName,
            DesiredWeight,
          })),
        }),
      );
      endpoint = await settledEndpoint(sagemaker, EndpointName, pollMs);
      const { EndpointStatus, FailureReason = 'no reason given' } = endpoint;
      if (EndpointStatus !== 'InService')
        throw new OperatorError(`endpoint "${EndpointName}" is ${EndpointStatus}: ${FailureReason}.`);
    }
    const weights = weightsOf(endpoint.ProductionVariants);
    const found = Object.entries(shares(weights)).map(([name, share]) => ({
      variant: name,
      weight: weights[name]!,
      share,
    }));
    out.result({ endpoint: EndpointName, variants: found }, () =>
      table(
        ['VARIANT', 'WEIGHT', 'SHARE'],
        found.map(({ variant, weight, share }) => [variant, weight, `${(share * 100).toFixed(1)} %`]),
      ),
    );
    return ExitCode.Ok;
  },
};

function weightsOf(
  variants: readonly { VariantName?: string; CurrentWeight?: number }[] = [],
): Record<string, number> {
  return Object.fromEntries(
    variants.map(({ VariantName, CurrentWeight }) => [VariantName!, CurrentWeight ?? 0]),
  );
}
