import { paginateGetProducts, PricingClient } from '@aws-sdk/client-pricing';
import type { PriceTable } from '../../lib/contract/prices';

/** AWS's price list is served from few regions; this is one of them. */
const SERVED_FROM = 'us-east-1';
const SOURCE = 'https://api.pricing.us-east-1.amazonaws.com (GetProducts, AmazonSageMaker)';

/** The part of a price list's entry that is used. */
interface Product {
  readonly terms?: {
    readonly OnDemand?: Readonly<
      Record<
        string,
        {
          readonly priceDimensions: Readonly<
            Record<string, { readonly unit: string; readonly pricePerUnit: { readonly USD?: string } }>
          >;
        }
      >
    >;
  };
}

/**
 * @param products JSON of the price list's entries of one instance type
 * @returns USD an hour; undefined where none is sold by the hour
 */
export function hourlyPrice(products: readonly string[]): number | undefined {
  const prices = products
    .map((text) => JSON.parse(text) as Product)
    .flatMap(({ terms }) => Object.values(terms?.OnDemand ?? {}))
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .filter(({ unit }) => /^h(ou)?rs?$/i.test(unit))
    .map(({ pricePerUnit }) => Number(pricePerUnit.USD))
    .filter((price) => price > 0);
  // Hosting may cost more than training: an estimate errs on that side.
  return prices.length === 0 ? undefined : Math.max(...prices);
}

export interface Refreshed {
  readonly table: PriceTable;
  /** Types of which the price list has no hour: they keep the price that they had, if they had one. */
  readonly missing: readonly string[];
}

/**
 * The table with the prices of its instances, and of those that are asked for, as AWS has them now. Units stay as they
 * are: other services' lists name them otherwise.
 *
 * @param today ISO 8601, a day
 */
export async function refreshed(
  table: PriceTable,
  more: readonly string[],
  today: string,
  client = new PricingClient({ region: SERVED_FROM }),
): Promise<Refreshed> {
  const instances: Record<string, PriceTable['instances'][string]> = { ...table.instances };
  const missing: string[] = [];
  for (const type of new Set([...Object.keys(table.instances), ...more])) {
    const products: string[] = [];
    const pages = paginateGetProducts(
      { client },
      {
        ServiceCode: 'AmazonSageMaker',
        Filters: [
          { Type: 'TERM_MATCH', Field: 'instanceName', Value: type },
          { Type: 'TERM_MATCH', Field: 'regionCode', Value: table.region },
        ],
      },
    );
    for await (const { PriceList = [] } of pages) products.push(...(PriceList as unknown[]).map(String));
    const hour = hourlyPrice(products);
    if (hour === undefined) missing.push(type);
    else instances[type] = { hour, checked: true, source: SOURCE, asOf: today };
  }
  // A table that nothing was found for is as old as it was.
  const found = Object.values(instances).some(({ asOf }) => asOf === today);
  return { table: { ...table, ...(found && { date: today }), instances }, missing };
}
