import { settingsByName, settingsFor } from '../../src/ingest/rules.ts';
import { checkSettings } from '../../src/ingest/settings.ts';
import { readSettingsFile } from '../../src/ingest/settings-file.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing was thrown';
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
};

test('a later rule wins over an earlier one, field by field, and over what is stated for all', () => {
  const settings = checkSettings({
    zone: 'UTC',
    dateOrder: 'dmy',
    rules: [
      { path: 'logs/nyc/**', zone: 'America/New_York', dateOrder: 'mdy' },
      { path: 'old-mac/*.txt', encoding: 'macintosh' },
      { path: '**/alice@desk.example/**', account: 'alice@desk.example', zone: 'Europe/London' },
    ],
  });
  const of = settingsByName(settings);
  expect(of('/share/logs/nyc/a/b.txt')).toEqual({
    format: 'auto',
    zone: 'America/New_York',
    dateOrder: 'mdy',
  });
  expect(of('/share/old-mac/a.txt')).toMatchObject({ encoding: 'macintosh', zone: 'UTC' });
  expect(of('/share/old-mac/sub/a.txt')).not.toHaveProperty('encoding');
  expect(of('/share/logs/nyc/alice@desk.example/a.txt')).toMatchObject({
    zone: 'Europe/London',
    dateOrder: 'mdy',
    account: 'alice@desk.example',
  });
  expect(of('/share/not-logs/nyc/a.txt')).toEqual({ format: 'auto', zone: 'UTC', dateOrder: 'dmy' });
  expect(of('/in.zip!/logs/nyc/a.txt')).toMatchObject({ zone: 'America/New_York' });
});

test('a pattern that begins with / is the whole path, and no character but * means more than itself', () => {
  const of = settingsByName({ format: 'auto', rules: [{ path: '/a-b/(c)+[d].txt', network: 'aim' }] });
  expect(of('/a-b/(c)+[d].txt')).toHaveProperty('network', 'aim');
  expect(of('/x/a-b/(c)+[d].txt')).not.toHaveProperty('network');
  expect(of('/a-b/ccdxtxt')).not.toHaveProperty('network');
});

test('a receipt records only the rules that match its files', () => {
  const rules = [
    { path: 'a/**', zone: 'UTC' },
    { path: 'b/**', zone: 'Asia/Tokyo' },
  ];
  expect(settingsFor({ format: 'auto', rules }, ['/in/b/x.txt'])).toEqual({
    format: 'auto',
    rules: [rules[1]],
  });
  expect(settingsFor({ format: 'auto', rules }, ['/in/c/x.txt'])).toEqual({ format: 'auto' });
});

test.each([
  ['no JSON', '{', /not JSON/u],
  ['no rules', '{}', /rules/u],
  ['a key that is none', '{"rules": [{"path": "a", "timezone": "UTC"}]}', /timezone/u],
  ['a rule without a path', '{"rules": [{"zone": "UTC"}]}', /rules\.0\.path/u],
  ['another date order', '{"rules": [{"path": "a", "dateOrder": "ydm"}]}', /dateOrder/u],
])('a file of settings with %s is refused with the place', (_, content, message) => {
  expect(codeOf(() => readSettingsFile(content))).toMatch(/^bad-settings/u);
  expect(codeOf(() => readSettingsFile(content))).toMatch(message);
});

test.each([
  [{ path: 'a', zone: 'Mars/Olympus' }],
  [{ path: 'a', encoding: 'klingon' }],
  [{ path: 'a', date: '2005-02-29' }],
  [{ path: 'a', date: '4 March 2005' }],
  [{ path: 'a', encoding: 'iso-2022-jp' }],
  [{ path: ' ' }],
  [{ path: '*/*/*/*/*/*/*/*/*/*' }],
  [{ path: 'a', network: 'A B' }],
])('a rule that means nothing is refused by its number: %j', (rule) => {
  const rules = [{ path: 'good' }, rule];
  expect(codeOf(() => checkSettings({ rules }))).toMatch(/^bad-settings: Rule 2: /u);
});

test('a format that does not exist is refused in a rule, too', () => {
  expect(codeOf(() => checkSettings({ rules: [{ path: 'a', format: 'telepathy' }] }))).toMatch(
    /^unknown-format/u,
  );
});
