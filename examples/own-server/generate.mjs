/** Writes data/trips-<n>.csv: minutes that a courier takes, which follow from the trip by a known rule, with noise. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { csv, seeded } from '../random.mjs';

const TRIPS = 900;
const FILES = 2;
const CITIES = { Aach: 1, Bogen: 1.25, Celle: 1.1, Daun: 0.9 };
/** km/h, and minutes to park. */
const VEHICLES = { bike: [17, 1], van: [28, 6], scooter: [26, 2] };
const random = seeded(20_261_130);

const trips = Array.from({ length: TRIPS }, (_, index) => {
  const city = random.pick({ Aach: 4, Bogen: 3, Celle: 2, Daun: 2 });
  const vehicle = random.pick({ bike: 4, van: 3, scooter: 2 });
  const weekday = random.pick({ Mon: 1, Tue: 1, Wed: 1, Thu: 1, Fri: 1, Sat: 1 });
  const distance = Math.exp(1 + 0.6 * random.normal());
  const parcels = 1 + Math.floor(random.uniform() * 12);
  const rain = random.uniform() < 0.65 ? 0 : 8 * random.uniform();
  const [speed, parking] = VEHICLES[vehicle];
  const slower =
    (vehicle === 'bike' ? 1 + 0.05 * rain : 1) * (weekday === 'Fri' && vehicle === 'van' ? 1.3 : 1);
  const minutes = (60 * distance * CITIES[city] * slower) / speed + parking + 1.2 * parcels;
  return {
    trip: `T${String(index + 1).padStart(4, '0')}`,
    city,
    vehicle,
    weekday,
    distance_km: distance.toFixed(1),
    parcels,
    // The station fails now and then.
    rain_mm: random.uniform() < 0.08 ? null : rain.toFixed(1),
    minutes: (minutes * Math.exp(0.08 * random.normal())).toFixed(1),
  };
});
mkdirSync(new URL('data/', import.meta.url), { recursive: true });
for (let file = 0; file < FILES; file++) {
  const part = trips.filter((_, index) => index % FILES === file);
  writeFileSync(new URL(`data/trips-${file + 1}.csv`, import.meta.url), csv(part));
}
