import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { ROOT } from '../architecture/sources.ts';

const documents = ['.', 'docs', 'docs/adr'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

test.each(documents)('%s links to what exists', (path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const links = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/gu)].map(([, target = '']) => target);
  const missing = links
    .filter((target) => !/^[a-z]+:/u.test(target))
    .filter((target) => !existsSync(join(ROOT, dirname(path), target)));
  expect(missing).toEqual([]);
});

test.each(documents)('%s names files that exist', (path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const named = [...text.matchAll(/`((?:src|test|examples|bench|scripts|docs)\/[\w./-]+)`/gu)].map(
    ([, name = '']) => name,
  );
  // NAME stands for what the reader will call it.
  expect(named.filter((name) => !name.includes('NAME') && !existsSync(join(ROOT, name)))).toEqual([]);
});

test('the README lists every command', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const listed = [...readme.matchAll(/^\| `([a-z-]+)/gmu)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...new Set(COMMANDS.map(({ name }) => name.split(' ')[0]))].sort());
});
