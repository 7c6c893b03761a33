/** Writes data/houses.csv: prices that follow from the houses by a known rule, with noise. */
import { writeFileSync } from 'node:fs';
import { csv, seeded } from '../random.mjs';

const ROWS = 1_200;
const DISTRICTS = { Harbour: 4_800, 'Old Town': 5_600, Hills: 4_100, Northside: 3_000, 'Green Belt': 3_500 };
const random = seeded(20_261_130);

const rows = Array.from({ length: ROWS }, () => {
  const district = random.pick({ Harbour: 2, 'Old Town': 1, Hills: 2, Northside: 4, 'Green Belt': 3 });
  const area = Math.round(Math.exp(4.55 + 0.35 * random.normal()));
  const built = Math.min(2024, Math.round(1900 + 124 * Math.sqrt(random.uniform())));
  const garden = random.uniform() < 0.45;
  const heating = random.pick({ gas: 5, 'heat pump': 2, oil: 2, district: 3 });
  const soldAt = Date.UTC(2021, 0, 1) + Math.floor(random.uniform() * 1_825) * 86_400_000;
  const years = (soldAt - Date.UTC(2021, 0, 1)) / (365 * 86_400_000);
  const price =
    area *
    DISTRICTS[district] *
    (1 + 0.03 * years) *
    (1 - 0.002 * (2024 - built)) *
    (garden ? 1.06 : 1) *
    (heating === 'heat pump' ? 1.05 : heating === 'oil' ? 0.95 : 1) *
    Math.exp(0.08 * random.normal());
  return {
    district,
    area_m2: area,
    rooms: Math.max(1, Math.round(area / 26 + random.normal())),
    // The records of old houses are lost.
    built: random.uniform() < 0.06 ? null : built,
    garden: garden ? 'yes' : 'no',
    heating: random.uniform() < 0.04 ? null : heating,
    sold_on: new Date(soldAt).toISOString().slice(0, 10),
    price: Math.round(price / 100) * 100,
  };
});
writeFileSync(new URL('data/houses.csv', import.meta.url), csv(rows));
