import type { Input } from '../../../containers/table/encoding';
import { numberInputs, type Prepared } from './matrices';

/** Numbers from 0 to 1, the same in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const CITIES = Array.from({ length: 40 }, (_, index) => `city ${index}`);
const COLORS = ['red', 'green', 'blue'];
const category = (name: string, values: readonly string[]): Input => ({
  kind: 'category',
  name,
  values,
  fill: values.length + 1,
});

/**
 * Prices of 600 houses: two numbers, a category of 3 values and one of 40. The shard's dictionaries have another order
 * than the model's codes, each twelfth cell is empty, and one city is none that the model knows.
 */
export function houses(): Prepared {
  const random = numbers(7);
  const cities = [...CITIES.slice(1), 'a new city', CITIES[0]!];
  const colors = ['blue', 'red', 'green'];
  const cell = (value: number) => (random() < 1 / 12 ? NaN : value);
  const rows = Array.from({ length: 600 }, () => {
    const [size, age] = [random() * 200, random() * 100];
    const [color, city] = [Math.floor(random() * 3), Math.floor(random() * cities.length)];
    const price = 2000 * size - 500 * age + (color === 0 ? 20_000 : 0) + 5000 * (city % 7) + 1000 * random();
    return [price, cell(size), cell(age), cell(color), cell(city)];
  });
  return {
    label: 'price',
    inputs: [...numberInputs('size', 'age'), category('color', COLORS), category('city', CITIES)],
    dictionaries: { color: colors, city: cities },
    train: rows.slice(0, 450),
    validation: rows.slice(450),
  };
}

/** The model's inputs of a row of {@link houses}: what the program has to make of its cells. */
export function houseInputs([, size, age, color, city]: readonly number[]): number[] {
  const { dictionaries } = houses();
  const code = (values: readonly string[], dictionary: readonly string[], place: number) => {
    if (Number.isNaN(place)) return values.length + 1;
    const index = values.indexOf(dictionary[place]!);
    return index < 0 ? values.length : index;
  };
  const number = (value: number) => (Number.isNaN(value) ? 0 : value);
  return [
    number(size!),
    number(age!),
    code(COLORS, dictionaries!.color!, color!),
    code(CITIES, dictionaries!.city!, city!),
  ];
}

/** A class that one row in ten has, whatever its features are. */
export function rareClass(): Prepared {
  const random = numbers(3);
  const rows = Array.from({ length: 400 }, (_, row) => [row % 10 ? 0 : 1, random(), random()]);
  return {
    label: 'ill',
    classes: ['no', 'yes'],
    inputs: numberInputs('x', 'y'),
    train: rows.slice(0, 300),
    validation: rows.slice(300),
  };
}
