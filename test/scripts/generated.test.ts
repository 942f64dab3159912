import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drifted } from '../../scripts/generated.ts';
import { ERRORS } from '../../src/core/errors.ts';
import { FAULTS } from '../../src/core/faults.ts';
import { EXCLUSIONS, REJECTS, REPAIRS } from '../../src/core/rejects.ts';
import { ROOT, sources } from '../architecture/sources.ts';

test('generated files are what their generator gives; if not, run: npm run generated', () => {
  expect(drifted()).toEqual([]);
});

test('docs/errors.md lists every code', () => {
  const document = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  const codes = [ERRORS, FAULTS, REJECTS, EXCLUSIONS, REPAIRS].flatMap((table) => Object.keys(table));
  expect(codes.filter((code) => !document.includes(`| \`${code}\` |`))).toEqual([]);
});

test('every error code is raised somewhere; a code that nothing raises is taken out of the table', () => {
  const raised = sources()
    .filter(({ path }) => path.startsWith('src/') && path !== 'src/core/errors.ts')
    .map(({ text }) => text)
    .join('\n');
  expect(Object.keys(ERRORS).filter((code) => !raised.includes(`'${code}'`))).toEqual([]);
});
