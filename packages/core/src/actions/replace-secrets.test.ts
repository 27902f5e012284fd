import { expect, it } from 'vitest';
import { replaceSecrets } from './replace-secrets.ts';

const classic = `ghp_${'a'.repeat(36)}`;
const key = `sk-${'b'.repeat(24)}`;
const token = `eyJ${'h'.repeat(10)}.eyJ${'p'.repeat(10)}.${'s'.repeat(10)}`;
const replace = (text: string) => replaceSecrets(text, '*');

it.each([
  [`use ${classic}.`, 'use *.'],
  [`key=${key},`, 'key=*,'],
  [`"${key}"`, '"*"'],
  [`\\n${key}\\n`, '\\n*\\n'],
  [`https://x.example/?token=${token}&y`, 'https://x.example/?token=*&y'],
  [`a.b.c-${token}.z`, 'a.b.c-*.z'],
  [`Bearer ${token}, ${classic}`, 'Bearer *, *'],
  [`AKIA${'A'.repeat(16)}/x`, '*/x'],
  ['-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY----- and more', '* and more'],
  ['-----BEGIN EC PRIVATE KEY-----\\nQUJD', '*'],
])('cuts it out of %s', (text, left) => {
  expect(replace(text)).toBe(left);
});

it.each([
  'plan the task-management-system-of-the-house',
  'sk-short',
  'www.example.com/eyJ.eyJ.x',
  'eyJhbGciOiJI and eyJzdWIiOiIx',
  'the BEGIN PRIVATE KEY line',
])('leaves %s', (text) => {
  expect(replace(text)).toBe(text);
});

it.each([
  'eyJ',
  '-eyJ',
  'eyJaaaaaaaa.',
  'sk-',
  'sk-a',
  'ghp_',
  '-----BEGIN PRIVATE KEY-----',
  'a.',
  'A',
  'xoxb-',
])('takes linear time, whatever is repeated: %s', (piece) => {
  const text = piece.repeat(20_000_000 / piece.length);
  const from = performance.now();
  replace(text);
  expect(performance.now() - from).toBeLessThan(5_000);
});
