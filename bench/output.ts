import { writeFile } from 'node:fs/promises';
import { arch, cpus, release, totalmem, type } from 'node:os';

/** One line of a result. Numbers are printed with their unit; `bound` is what the project asks of the ratio. */
export interface Result {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it is asked to be, where something is asked. */
  readonly asked?: string;
  readonly met?: boolean;
}

/** What the figures were measured on. */
export function machine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    sqlite: process.versions.sqlite ?? 'unknown',
  };
}

/** Prints a table, and writes JSON where `file` is given. */
export async function publish(
  name: string,
  results: readonly Result[],
  file: string | undefined,
): Promise<void> {
  const { cpu, cores, memoryGiB, system, node } = machine();
  console.log(`\n${name} (${cores} × ${cpu}, ${memoryGiB} GiB, ${system}, Node ${node})\n`);
  console.log('| what | value | asked | met |\n|---|---:|---|---|');
  for (const { what, value, unit, asked, met } of results) {
    console.log(
      `| ${what} | ${figure(value)} ${unit} | ${asked ?? ''} | ${met === undefined ? '' : met ? 'yes' : 'no'} |`,
    );
  }
  if (file === undefined) return;
  await writeFile(file, `${JSON.stringify({ name, machine: machine(), results }, null, 2)}\n`);
  console.log(`\nJSON: ${file}`);
}

function figure(value: number): string {
  return Number.isInteger(value) || value >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toPrecision(3);
}

/** The value below which `share` (0 to 1) of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Says what is being done, on stderr. */
export function note(text: string): void {
  console.error(`- ${text}`);
}

/** Milliseconds that a piece of work takes. */
export async function timed<T>(work: () => Promise<T> | T): Promise<{ ms: number; result: T }> {
  const from = performance.now();
  const result = await work();
  return { ms: performance.now() - from, result };
}
