/** Writes data/messages-<n>.jsonl: short messages to a shop's support, with the team that has to answer. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { seeded } from '../random.mjs';

const MESSAGES = 600;
const FILES = 2;
const random = seeded(20_261_130);
const any = (words) => words[Math.floor(random.uniform() * words.length)];

const THINGS = ['the lamp', 'my headphones', 'the blue jacket', 'the coffee machine', 'the desk', 'my order'];
const OPENINGS = ['Hello,', 'Good morning,', 'Hi there,', 'Dear team,', '', '', ''];
const CLOSINGS = ['Thanks!', 'Please help.', 'Kind regards', 'I ordered it last week.', '', '', ''];
/** Sentences that any team may get. */
const VAGUE = [
  'I have a question about THING.',
  'There is a problem with THING.',
  'Who can help me with THING?',
];
const SENTENCES = {
  billing: [
    'I was charged twice for THING.',
    'The invoice for THING shows the wrong amount.',
    'When do I get the refund for THING?',
    'My card was declined when I paid for THING.',
    'The discount code is missing on the bill of THING.',
    'Can I pay for THING by bank transfer?',
  ],
  delivery: [
    'THING has not arrived yet.',
    'The tracking number of THING does not work.',
    'The parcel with THING came to the wrong address.',
    'Can you deliver THING on Saturday?',
    'The courier left THING in the rain.',
    'Where is THING? The delivery is two days late.',
  ],
  technical: [
    'THING does not turn on.',
    'A part of THING broke after one day.',
    'How do I connect THING to my phone?',
    'The manual of THING is missing a page.',
    'THING makes a strange noise.',
    'THING stopped working after the update.',
  ],
};

const lines = Array.from({ length: MESSAGES }, () => {
  const label = random.pick({ billing: 4, delivery: 5, technical: 3 });
  const sentence = any(random.uniform() < 0.06 ? VAGUE : SENTENCES[label]);
  const words = [any(OPENINGS), sentence.replace('THING', any(THINGS)), any(CLOSINGS)]
    .filter(Boolean)
    .join(' ');
  return JSON.stringify({ text: words[0].toUpperCase() + words.slice(1), label });
});
mkdirSync(new URL('data/', import.meta.url), { recursive: true });
for (let file = 0; file < FILES; file++) {
  const part = lines.filter((_, index) => index % FILES === file);
  writeFileSync(new URL(`data/messages-${file + 1}.jsonl`, import.meta.url), `${part.join('\n')}\n`);
}
