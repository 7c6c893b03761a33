import { paginateGetProducts, PricingClient } from '@aws-sdk/client-pricing';
import type { PriceTable } from '../../lib/contract/prices';

/** One of the few regions with the Price List API. */
const SERVED_FROM = 'us-east-1';
const SOURCE = 'https://api.pricing.us-east-1.amazonaws.com (GetProducts, AmazonSageMaker)';

/** The part of a price list entry that is read. */
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
 * Returns the highest hourly price.
 *
 * @param products JSON of the price list entries of one instance type
 * @returns USD per hour; undefined without an hourly price
 */
export function hourlyPrice(products: readonly string[]): number | undefined {
  const prices = products
    .map((text) => JSON.parse(text) as Product)
    .flatMap(({ terms }) => Object.values(terms?.OnDemand ?? {}))
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .filter(({ unit }) => /^h(ou)?rs?$/i.test(unit))
    .map(({ pricePerUnit }) => Number(pricePerUnit.USD))
    .filter((price) => price > 0);
  // Hosting may cost more than training: the estimate uses the higher price.
  return prices.length === 0 ? undefined : Math.max(...prices);
}

export interface Refreshed {
  readonly table: PriceTable;
  /** Types without an hourly price in the price list: they keep their former price, if any. */
  readonly missing: readonly string[];
}

/**
 * Returns the table with AWS's current prices of its instance types and of `more`. Unit prices stay unchanged: other
 * services' price lists have other names for them.
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
  // Without any new price the table keeps its date.
  const found = Object.values(instances).some(({ asOf }) => asOf === today);
  return { table: { ...table, ...(found && { date: today }), instances }, missing };
}
