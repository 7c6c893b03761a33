/** Writes data/<shape>/<number>.png: 16 × 16 grey images of three shapes with noise. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { seeded } from '../random.mjs';

const SIZE = 16;
const OF_EACH_SHAPE = 100;
const NOISE = 28;
const random = seeded(20_261_130);

/** True where (x, y), in radii from the centre, is inside the shape. */
const SHAPES = {
  circle: (x, y) => x * x + y * y < 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.86,
  triangle: (x, y) => y < 0.8 && y > 2 * Math.abs(x) - 1.1,
};

for (const [shape, inside] of Object.entries(SHAPES)) {
  const folder = new URL(`data/${shape}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (let index = 1; index <= OF_EACH_SHAPE; index++) {
    writeFileSync(new URL(`${String(index).padStart(4, '0')}.png`, folder), png(draw(inside)));
  }
}

function draw(inside) {
  const between = (low, high) => low + (high - low) * random.uniform();
  const radius = between(4.0, 6.8);
  const [left, top] = [
    between(radius + 0.5, SIZE - radius - 0.5),
    between(radius + 0.5, SIZE - radius - 0.5),
  ];
  const [ground, ink] = [between(20, 90), between(140, 230)];
  const [dark, light] = random.uniform() < 0.5 ? [ground, ink] : [ink, ground];
  return Array.from({ length: SIZE * SIZE }, (_, pixel) => {
    const [x, y] = [pixel % SIZE, Math.floor(pixel / SIZE)];
    const value = inside((x + 0.5 - left) / radius, (y + 0.5 - top) / radius) ? light : dark;
    return Math.max(0, Math.min(255, Math.round(value + NOISE * random.normal())));
  });
}

/** Returns a grey PNG with 8 bits a pixel. */
function png(pixels) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header[8] = 8;
  const rows = Array.from({ length: SIZE }, (_, row) => [0, ...pixels.slice(row * SIZE, (row + 1) * SIZE)]);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
