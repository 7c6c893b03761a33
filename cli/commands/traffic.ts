import { UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import { Option } from 'commander';
import { IN_SERVICE } from '../../lib/contract/endpoint';
import { assertUnlocked } from '../challengers';
import { collect, whole, type CommandDescription, type CommonOptions } from '../command';
import { changeableEndpoint, settledEndpoint } from '../endpoint';
import { ExitCode, OperatorError } from '../errors';
import { table } from '../output';
import { checkWeights, shares, testWeights } from '../weights';

interface TrafficOptions extends CommonOptions {
  challenger?: number;
  variant?: Record<string, string>;
}

export const traffic: CommandDescription<TrafficOptions> = {
  usage: 'traffic',
  summary: 'Shows the weight and share of each production variant, or sets the weights.',
  examples: [
    ['traffic', 'weights and shares'],
    ['traffic --challenger 25', 'in an A/B test: 25 % of the requests to the challenger'],
    ['traffic --variant a=80 --variant b=20', 'for several variants of one model'],
  ],
  options: (command) =>
    command
      .option(
        '--variant <name=weight>',
        'set the weight of a variant; may be repeated; other variants keep theirs',
        collect('b=20'),
      )
      .addOption(
        new Option(
          '--challenger <percent>',
          'share of the requests for the challenger of an A/B test, 0 to 100',
        )
          .argParser(whole(0, 100))
          .conflicts('variant'),
      ),
  action: async (pipeline, out, { variant, challenger }) => {
    const { sagemaker, outputs, pollMs } = pipeline;
    const { EndpointName } = outputs;
    let endpoint = await changeableEndpoint(pipeline);
    const current = weightsOf(endpoint.ProductionVariants);
    const wanted =
      challenger === undefined ? variant && checkWeights(variant, current) : testWeights(challenger, current);
    if (wanted) {
      await assertUnlocked(pipeline);
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
      if (EndpointStatus !== IN_SERVICE)
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
