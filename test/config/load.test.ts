import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadSettings } from '../../src/config/load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (value: unknown): string => {
  const path = join(folder, 'holdfast.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

describe('settings', () => {
  test('default to an embedded archive in ./data', () => {
    expect(loadSettings({}, {}, '/desk')).toMatchObject({
      mode: 'embedded',
      data: '/desk/data',
      zone: 'UTC',
    });
  });

  test('take a flag before the environment, the environment before the file, the file before the default', () => {
    const config = write({
      mode: 'embedded',
      data: 'archive',
      zone: 'Europe/Paris',
      firm: { name: 'From file' },
    });
    expect(loadSettings({ config }, { HOLDFAST_FIRM_NAME: 'From environment' }, '/')).toMatchObject({
      data: join(folder, 'archive'),
      zone: 'Europe/Paris',
      firm: { name: 'From environment' },
    });
    expect(loadSettings({ data: 'x' }, { HOLDFAST_CONFIG: config }, '/desk')).toMatchObject({
      data: '/desk/x',
      zone: 'UTC',
    });
  });

  test('read a distributed archive from a file, servers from the environment', () => {
    const config = write({
      mode: 'distributed',
      vault: 'vault',
      keys: 'keys',
      cache: 'cache',
      kafka: { brokers: ['one:9092'] },
      elasticsearch: { node: 'http://127.0.0.1:9200' },
    });
    expect(loadSettings({ config }, { HOLDFAST_KAFKA_BROKERS: 'a:1,b:2' }, '/')).toMatchObject({
      partitions: 8,
      kafka: { brokers: ['a:1', 'b:2'], prefix: 'holdfast' },
    });
  });

  describe('of servers that ask who is there', () => {
    const distributed = (kafka: object, elasticsearch: object): string =>
      write({
        mode: 'distributed',
        vault: 'vault',
        keys: 'keys',
        cache: 'cache',
        kafka: { brokers: ['one:9092'], ...kafka },
        elasticsearch: { node: 'https://search.example:9200', ...elasticsearch },
      });
    const sasl = { mechanism: 'scram-sha-512', username: 'holdfast' };

    test('take secrets from the environment before a file of their own', () => {
      writeFileSync(join(folder, 'kafka.secret'), 'from a file\n');
      writeFileSync(join(folder, 'search.secret'), 'key\n');
      const config = distributed(
        { tls: { ca: 'ca.pem' }, sasl: { ...sasl, passwordFile: 'kafka.secret' } },
        { tls: {}, apiKeyFile: 'search.secret' },
      );
      expect(loadSettings({ config }, {}, '/')).toMatchObject({
        kafka: { tls: { ca: join(folder, 'ca.pem') }, sasl: { ...sasl, password: 'from a file' } },
        elasticsearch: { tls: {}, apiKey: 'key' },
      });
      expect(loadSettings({ config }, { HOLDFAST_KAFKA_PASSWORD: 'given' }, '/')).toMatchObject({
        kafka: { sasl: { password: 'given' } },
      });
    });

    test.each([
      ['a password in the configuration', { sasl: { ...sasl, password: 'hush-hush' } }, {}],
      ['an API key in the configuration', {}, { apiKey: 'hush-hush' }],
      ['a file of a password that is not there', { sasl: { ...sasl, passwordFile: 'nowhere' } }, {}],
      ['no password', { sasl }, {}],
      ['a certificate without its key', { tls: { certificate: 'c.pem' } }, {}],
      ['TLS for a node without it', {}, { node: 'http://search.example:9200', tls: {} }],
      ['a name without a password', {}, { username: 'holdfast' }],
    ])('refuse %s, and never show a secret', (_, kafka, elasticsearch) => {
      let refused: unknown;
      try {
        loadSettings({ config: distributed(kafka, elasticsearch) }, {}, '/');
      } catch (error) {
        refused = error;
      }
      expect(refused).toMatchObject({ code: 'bad-settings', hint: expect.any(String) });
      expect(inspect(refused)).not.toContain('hush-hush');
    });

    test('refuse a password that would be sent readable', () => {
      const config = distributed({ sasl: { ...sasl, mechanism: 'plain' } }, {});
      const given = { HOLDFAST_KAFKA_PASSWORD: 'hush-hush' };
      expect(() => loadSettings({ config }, given, '/')).toThrow(
        expect.objectContaining({ code: 'bad-settings', message: expect.stringContaining('kafka.tls') }),
      );
    });
  });

  test.each([
    ['an unknown zone', { mode: 'embedded', data: 'x', zone: 'Mars/Olympus' }],
    ['an unknown setting', { mode: 'embedded', data: 'x', colour: 'red' }],
    ['no mode', { data: 'x' }],
    ['an array', [1]],
    ['no JSON', '{'],
  ])('refuse %s with a code and a hint', (_, value) => {
    const config = write(value);
    expect(() => loadSettings({ config }, {}, '/')).toThrow(
      expect.objectContaining({ code: 'bad-settings', hint: expect.any(String) }),
    );
  });

  test('refuse --data together with --config, and a file that is not there', () => {
    expect(() => loadSettings({ data: 'a', config: 'b' }, {}, '/')).toThrow(
      expect.objectContaining({ code: 'bad-settings' }),
    );
    expect(() => loadSettings({ config: 'nowhere.json' }, {}, folder)).toThrow(
      expect.objectContaining({ code: 'bad-settings' }),
    );
  });
});
