import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every file of a bundle by its path, without what differs each time that it is made: the signature in the report, and in
 * the manifest the digest of the signed report, when it was made, and the manifest's own signature.
 */
export function unsignedBundle(root: string): Map<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.endsWith('manifest.json.p7s'))
      .map((path) => [path.slice(root.length + 1), unsigned(path)] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function unsigned(path: string): string {
  const text = readFileSync(path, 'latin1');
  if (path.endsWith('manifest.json')) {
    const { files, ...rest } = JSON.parse(text) as { files: { path: string }[]; [member: string]: unknown };
    return JSON.stringify({
      ...rest,
      created: '',
      files: files.filter((file) => file.path !== 'report.pdf'),
    });
  }
  if (!path.endsWith('report.pdf')) return text;
  const [, from, to] = /\/ByteRange \[0 +(\d+) +(\d+) /.exec(text) ?? [];
  expect(Number(to)).toBeGreaterThan(Number(from));
  return text.slice(0, Number(from)) + text.slice(Number(to));
}
