import { baseLogs, baseOf, generationName, parseLogName } from '../../src/core/logs.ts';

test('a log’s name is its base, and its generation from the second on', () => {
  for (const [name, base, generation] of [
    ['m0', 'm0', 1],
    ['m17.2', 'm17', 2],
    ['control.10', 'control', 10],
  ] as const) {
    expect(parseLogName(name)).toEqual({ base, generation });
    expect(generationName(base, generation)).toBe(name);
    expect(baseOf(name)).toBe(base);
  }
});

test('what is no log’s name is not read as one', () => {
  for (const name of [
    'm',
    'm01',
    'm0.1',
    'm0.02',
    'M0',
    'm0.',
    'm0.2.3',
    'x',
    '',
    'controls',
    'm0/1',
    '../m0',
  ]) {
    expect(parseLogName(name)).toBeUndefined();
  }
});

test('every base log is named', () => {
  expect(baseLogs(2)).toEqual(['m0', 'm1', 'control', 'audit']);
});
