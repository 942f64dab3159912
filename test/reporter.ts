import { writeSync } from 'node:fs';

/** The part of jest's results that is read here. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly testResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

/**
 * Prints last what a reader of a long log wants to know: the suites that were skipped, by name, and then, as the very
 * last line, `N passed, N failed[, N skipped]`. A test file that cannot be loaded counts as a failure.
 */
export default class LastLines {
  readonly #wholeRun: boolean;

  constructor(config: { testNamePattern?: string | undefined }) {
    this.#wholeRun = !config.testNamePattern;
  }

  onRunComplete(_contexts: unknown, results: Results): void {
    const lines = this.#wholeRun ? skippedSuites(results) : [];
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    lines.push(
      `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    );
    // Jest prints its own summary after this call; at the exit nothing follows any more.
    process.once('exit', () => writeSync(1, `${lines.join('\n')}\n`));
  }
}

function skippedSuites(results: Results): string[] {
  const counts = new Map<string, number>();
  for (const file of results.testResults)
    for (const test of file.testResults) {
      if (test.status !== 'pending' && test.status !== 'todo') continue;
      const name = test.ancestorTitles.join(' › ') || test.title;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  return [...counts].map(([name, count]) => `skipped: ${name} [${count}]`);
}
