/** Writes data/2024.csv and data/2025.csv: customers of whom about one in eighteen leaves, by a known rule. */
import { writeFileSync } from 'node:fs';
import { csv, seeded } from '../random.mjs';

const ROWS = 4_000;
const DAY_MS = 86_400_000;
const random = seeded(7);

const customers = Array.from({ length: ROWS }, (_, index) => {
  const plan = random.pick({ basic: 5, plus: 3, pro: 2 });
  const contract = random.pick({ monthly: 6, yearly: 4 });
  const joined = Date.UTC(2019, 0, 1) + Math.floor(random.uniform() * 2_190) * DAY_MS;
  const calls = Math.floor(-Math.log(1 - random.uniform()) * 1.2);
  const autopay = random.uniform() < 0.6;
  const charge = { basic: 19, plus: 39, pro: 79 }[plan] + Math.round(6 * random.normal());
  const seen = Date.UTC(2024, 0, 1) + Math.floor((index / ROWS) * 730) * DAY_MS;
  const years = (seen - joined) / (365 * DAY_MS);
  const tendency =
    -4.8 +
    0.95 * calls +
    (contract === 'monthly' ? 1.7 : 0) +
    (autopay ? -0.9 : 0) -
    0.25 * Math.max(0, years) +
    0.012 * charge;
  return {
    customer: `C${String(10_000 + index)}`,
    seen_on: new Date(seen).toISOString().slice(0, 10),
    joined_on: new Date(Math.min(joined, seen)).toISOString().slice(0, 10),
    plan,
    contract,
    autopay,
    monthly_charge: random.uniform() < 0.03 ? null : Math.max(5, charge),
    support_calls: calls,
    churned: random.uniform() < 1 / (1 + Math.exp(-tendency)) ? 'yes' : 'no',
  };
});
for (const year of ['2024', '2025']) {
  const rows = customers.filter((customer) => customer.seen_on.startsWith(year));
  writeFileSync(new URL(`data/${year}.csv`, import.meta.url), csv(rows));
}
