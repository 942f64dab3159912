import { folders, type Source, sources } from './architecture/sources.ts';

const all = sources();
const src = all.filter(({ path }) => path.startsWith('src/'));

const FEATURES = ['access', 'directory', 'ingest', 'archive', 'search', 'retention', 'supervision', 'export'];
/** What any feature may read of the archive: how to read it, never how it is sealed. */
const READING_SIDE = /^src\/archive\/(?:reader\.ts|read\/)/;

/** Which rooms of `src` a room may import from (itself always). */
const MAY_IMPORT: { readonly [room: string]: readonly string[] } = {
  core: [],
  config: ['core'],
  ...Object.fromEntries(FEATURES.map((feature) => [feature, ['core']])),
  'engines/embedded': ['core'],
  'engines/distributed': ['core'],
  http: ['core', 'config', ...FEATURES],
  cli: ['core', 'config', ...FEATURES],
  assembly: ['core', 'config', ...FEATURES, 'engines/embedded', 'engines/distributed', 'cli', 'http'],
  main: ['core', 'config', 'assembly', 'cli', 'http'],
};

const INSTEAD: { readonly [room: string]: string } = {
  core: 'core is what everything else rests on: move what it needs into core, or pass it in as an argument.',
  cli: 'cli works through the ports: let src/assembly make the engine and hand it over.',
  http: 'http works through the ports: let src/assembly make the engine and hand it over.',
  config: 'config only reads settings: return plain values and let src/assembly act on them.',
};
const FEATURE_INSTEAD =
  'features do not know each other or any engine: move what both need into core, take a port as an argument, ' +
  'or let src/cli or src/assembly join the two (any feature may read src/archive/reader.ts and src/archive/read/).';

function room(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  if (first === 'engines') return `engines/${second}`;
  return first === 'main.ts' ? 'main' : first;
}

describe('imports point one way', () => {
  test('every file of src stands in a known room', () => {
    const strangers = src.filter(({ path }) => MAY_IMPORT[room(path)] === undefined).map(({ path }) => path);
    expect(report(strangers, 'put it into one of the rooms that ARCHITECTURE.md lists.')).toBe('');
  });

  test.each(Object.keys(MAY_IMPORT))('%s imports only what lies to its left', (name) => {
    const allowed = MAY_IMPORT[name] ?? [];
    const wrong = src
      .filter(({ path }) => room(path) === name)
      .flatMap(({ path, imports }) =>
        imports
          .filter((target) => target.startsWith('src/') && room(target) !== name)
          .filter((target) => !allowed.includes(room(target)))
          .filter((target) => !(FEATURES.includes(name) && READING_SIDE.test(target)))
          .map((target) => `${path} imports ${target}`),
      );
    expect(report(wrong, INSTEAD[name] ?? FEATURE_INSTEAD)).toBe('');
  });

  test('src imports nothing from outside src', () => {
    const wrong = src.flatMap(({ path, imports }) =>
      imports
        .filter((target) => /^(?:\.\.|test|examples|bench|scripts)\b/.test(target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(report(wrong, 'the product does not depend on its tests, examples or scripts.')).toBe('');
  });
});

interface Package {
  readonly name: RegExp;
  readonly where: RegExp;
  readonly instead: string;
}

const PACKAGES: readonly Package[] = [
  {
    name: /^(?:kafkajs|@elastic\/elasticsearch)$/,
    where: /^src\/engines\/distributed\//,
    instead: 'use the Stream or Index port; only the distributed engine knows these clients.',
  },
  {
    name: /^node:sqlite$/,
    // Beside the engine: the lock that says who owns an archive's folder, the temporary files that sort an export, and
    // transcripts that are SQLite databases themselves.
    where: /^src\/(?:engines\/embedded\/|assembly\/claim\.ts|export\/|ingest\/reading\/sqlite\.ts)/,
    instead: 'use the Stream or Index port; only the embedded engine knows SQLite.',
  },
  {
    name: /^pg$/,
    where: /^src\/ingest\/database\//,
    instead: 'only a source is read from PostgreSQL; the archive itself uses the Stream and Index ports.',
  },
  { name: /^pdfkit$/, where: /^src\/export\//, instead: 'only the report is drawn; call src/export.' },
  {
    name: /^csv-parse(?:\/|$)/,
    where: /^src\/(?:directory|ingest)\//,
    instead: 'only the directory and ingest read CSV of others; call them.',
  },
  {
    name: /^(?:saxes|postal-mime|bson|bplist-parser|tar-stream|yauzl|pst-extractor)(?:\/|$)/,
    // Beside ingest: the file in which a bundle is downloaded.
    where: /^src\/(?:ingest\/|http\/jobs\/tar\.ts)/,
    instead: 'only ingest reads wire formats of others; call src/ingest.',
  },
  {
    name: /^(?:express|express-.+|helmet|pino|prom-client)$/,
    where: /^src\/http\//,
    instead: 'only http speaks HTTP.',
  },
  {
    name: /^(?:jsonwebtoken|jwks-rsa)$/,
    where: /^src\/access\//,
    instead: 'only src/access reads and writes tokens.',
  },
  {
    name: /^commander$/,
    where: /^src\/cli\//,
    instead: 'only the command line reads arguments; take plain values.',
  },
  {
    name: /^node:(?:fs|net|http|https|http2|dns|tls|dgram|child_process|worker_threads|os|timers)(?:\/|$)/,
    where: /^src\/(?!core\/)/,
    instead: 'core is pure: take bytes or a port as an argument and let the caller do the I/O.',
  },
];

describe('packages stay where they belong', () => {
  test.each(PACKAGES.map((rule) => [String(rule.name), rule] as const))(
    '%s',
    (_, { name, where, instead }) => {
      const wrong = src
        .filter(({ path }) => !where.test(path))
        .flatMap(({ path, imports }) =>
          imports.filter((target) => name.test(target)).map((target) => `${path} imports ${target}`),
        );
      expect(report(wrong, instead)).toBe('');
    },
  );
});

interface Forbidden {
  readonly what: string;
  readonly pattern: RegExp;
  /** Files to which the rule applies. */
  readonly where: RegExp;
  readonly instead: string;
}

const FORBIDDEN: readonly Forbidden[] = [
  {
    what: 'process.env',
    pattern: /\bprocess\.env\b/,
    where: /^src\/(?!config\/)/,
    instead: 'read settings in src/config and pass the value.',
  },
  {
    what: 'asking the time',
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)/,
    where: /^src\/(?!main\.ts|assembly\/)/,
    instead: 'take a Clock (src/core/ports/clock.ts) as an argument; src/assembly gives the real one.',
  },
  {
    what: 'measuring time',
    pattern: /\bperformance\.now\b|\bprocess\.hrtime\b/,
    // Engines pace themselves by a clock that only runs forward; no result depends on it.
    where: /^src\/(?!main\.ts|assembly\/|engines\/)/,
    instead: 'take a Clock (src/core/ports/clock.ts) as an argument; src/assembly gives the real one.',
  },
  {
    what: 'asking for chance',
    pattern: /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b/,
    // A vault shared by machines names temporary files by chance, and sums are compared under a key that nobody knows
    // beforehand; no result depends on it.
    where: /^src\/(?!main\.ts|assembly\/|engines\/embedded\/(?:durable-writes|sqlite-index-sums)\.ts)/,
    instead: 'take a Random (src/core/ports/clock.ts) as an argument; src/assembly gives the real one.',
  },
  {
    what: 'ending or printing from inside',
    pattern: /\bconsole\.\w+|\bprocess\.(?:exit|stdout|stderr)\b/,
    where: /^src\/(?!main\.ts|assembly\/)/,
    instead: 'throw a HoldfastError, or print through the Io that the command is given.',
  },
  {
    what: 'any',
    pattern: /(?::|\bas|<|,|\|)\s*any\b(?!\s*[:(?'])/,
    where: /./,
    instead: 'say what it is, or take unknown and narrow it.',
  },
  {
    what: 'a cast through unknown',
    pattern: /\bas unknown as\b/,
    // Tests make records that the types forbid.
    where: /^(?!test\/)/,
    instead: 'write a type guard, or parse the value with a schema.',
  },
  {
    what: 'code from text',
    pattern: /\beval\s*\(|\bnew Function\s*\(/,
    where: /./,
    instead: 'write the code down.',
  },
];

describe('forbidden in the code', () => {
  test.each(FORBIDDEN.map((rule) => [rule.what, rule] as const))('%s', (_, { pattern, where, instead }) => {
    const wrong = all
      .filter(({ path }) => where.test(path))
      .flatMap(({ path, code }) =>
        code.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
      );
    expect(report(wrong, instead)).toBe('');
  });
});

describe('a file says one thing', () => {
  test('no file is over 400 lines', () => {
    const long = all
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > 400)
      .map(({ path, lines }) => `${path} has ${lines} lines`);
    expect(report(long, 'split it where it begins to say a second thing.')).toBe('');
  });

  test('nothing is named after being useful', () => {
    const vague = /^(?:utils?|helpers?|common|misc|shared?|managers?)$/;
    const names = [
      ...folders().filter(
        (folder) => folder.startsWith('src/') && vague.test(folder.split('/').at(-1) ?? ''),
      ),
      ...src.map(({ path }) => path).filter((path) => vague.test(stem(path))),
    ];
    expect(report(names, 'name it after the thing it holds.')).toBe('');
  });
});

const stem = (path: string): string => (path.split('/').at(-1) ?? '').replace(/\.ts$/, '');

/** Empty where nothing is wrong; else each finding on a line, and what to do instead. */
function report(findings: readonly string[], instead: string): string {
  return findings.length === 0 ? '' : [...findings, `Instead: ${instead}`].join('\n');
}

describe('this test itself', () => {
  test('sees the sources', () => {
    expect(src.length).toBeGreaterThan(10);
    expect(all.some((source: Source) => source.imports.length > 0)).toBe(true);
  });
});
